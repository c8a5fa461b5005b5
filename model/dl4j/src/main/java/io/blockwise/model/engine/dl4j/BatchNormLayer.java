package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batch normalisation over all but the channel axis, PyTorch's convention: epsilon 1e-5 inside the
 * root, biased variance to normalise, unbiased variance in the running statistics, momentum 0.1.
 *
 * <p>Built from column sums and broadcasts over {@code [rows * positions, channels]}: libnd4j's own
 * {@code moments} and {@code batchnorm_bp} take several times as long (docs/performance.md). Its
 * {@code batchnorm} serves as the one-pass affine map per channel, which oneDNN runs.
 */
final class BatchNormLayer implements Layer {
  private static final double EPSILON = LayerSpec.BatchNorm.EPSILON;
  private static final float MOMENTUM = 0.1f;

  private final String name;
  private final Shape shape;
  private final boolean overwritesInput;
  private final Memory memory;
  private final Parameters.Tensor scale;
  private final Parameters.Tensor shift;
  private final Parameters.Tensor runningMean;
  private final Parameters.Tensor runningVariance;
  private final NativeOp normalise;
  private final NativeOp affine;
  private final NativeOp product = new NativeOp("multiply");
  private final NativeOp sum = new NativeOp("add");
  private final PerChannel mean;
  private final PerChannel variance;
  private final PerChannel factor;
  private final PerChannel offset;
  private final PerChannel slope;
  private final PerChannel zero;
  private final PerChannel one;
  private final float[] statistic;
  private INDArray centred;
  private long[] inputShape;

  BatchNormLayer(String name, Shape shape, boolean overwritesInput, Construction construction) {
    this.name = name;
    this.shape = shape;
    this.overwritesInput = overwritesInput;
    this.memory = construction.memory();
    int channels = shape.channels();
    scale = construction.parameter(name + ".weight");
    shift = construction.parameter(name + ".bias");
    runningMean = construction.statistic(name + ".running_mean");
    runningVariance = construction.statistic(name + ".running_var");
    long axis = shape.sizes().size(); // the last one
    normalise = new NativeOp("batchnorm", new double[] {EPSILON}, 1, 1, axis);
    affine = new NativeOp("batchnorm", new double[] {0}, 1, 1, axis);
    mean = new PerChannel(channels, 0);
    variance = new PerChannel(channels, 1);
    factor = new PerChannel(channels, 0);
    offset = new PerChannel(channels, 0);
    slope = new PerChannel(channels, 0);
    zero = new PerChannel(channels, 0);
    one = new PerChannel(channels, 1);
    statistic = new float[channels];
  }

  @Override
  public Shape output() {
    return shape;
  }

  @Override
  public INDArray train(INDArray x) {
    inputShape = x.shape();
    INDArray matrix = matrix(x);
    double mass = 1.0 / matrix.size(0);
    Maths.columnSums(matrix, x.size(0), mass, memory, mean.row);
    centred =
        overwritesInput ? matrix : memory.take(name + ".centred", matrix.size(0), shape.channels());
    Maths.subtractRow(matrix, mean.row, centred);
    INDArray squares = scratch();
    product.run(in(centred, centred), squares);
    Maths.columnSums(squares, x.size(0), mass, memory, variance.row);
    INDArray y = memory.take(name, inputShape);
    normalise.run(
        in(
            memory.as(centred, inputShape),
            zero.vector,
            variance.vector,
            scale.value(),
            shift.value()),
        y);
    return y;
  }

  @Override
  public INDArray infer(INDArray x) {
    INDArray y = memory.take(name, x.shape());
    normalise.run(
        in(x, runningMean.value(), runningVariance.value(), scale.value(), shift.value()), y);
    return y;
  }

  /**
   * With g = dy, n rows, c the centred input and i = 1 / deviation: {@code dx = scale i (g -
   * mean(g) - c i^2 mean(g c))}, written as {@code factor g + offset + slope c}.
   */
  @Override
  public INDArray backward(INDArray dy) {
    INDArray g = matrix(dy);
    long groups = inputShape[0];
    INDArray products = scratch();
    product.run(in(g, centred), products);
    Maths.columnSums(g, groups, 1, memory, offset.row);
    Maths.columnSums(products, groups, 1, memory, slope.row);
    coefficients(g.size(0));
    INDArray whole = memory.as(dy, inputShape);
    affine.run(in(whole, zero.vector, one.vector, factor.vector, offset.vector), whole);
    Maths.multiplyRow(centred, slope.row, centred);
    sum.run(in(g, centred), g);
    return dy;
  }

  /** Turns the two sums into the gradients of scale and shift and the three coefficients. */
  private void coefficients(long rows) {
    float[] sumG = offset.read();
    float[] sumGc = slope.read();
    float[] var = variance.read();
    float[] factors = factor.host;
    Maths.read(scale.value(), statistic, 0);
    Maths.write(sumG, 0, shift.gradient());
    for (int c = 0; c < sumG.length; c++) {
      double inverse = 1 / Math.sqrt(var[c] + EPSILON);
      double gain = statistic[c] * inverse;
      statistic[c] = (float) (sumGc[c] * inverse);
      factors[c] = (float) gain;
      sumG[c] = (float) (-gain * sumG[c] / rows);
      sumGc[c] = (float) (-gain * inverse * inverse * sumGc[c] / rows);
    }
    Maths.write(statistic, 0, scale.gradient());
    factor.write();
    offset.write();
    slope.write();
  }

  @Override
  public void stepTaken() {
    double rows = (double) centred.size(0);
    if (rows > 1) { // one value says nothing of a variance
      blend(runningMean, mean.read(), 1);
      blend(runningVariance, variance.read(), rows / (rows - 1));
    }
  }

  private void blend(Parameters.Tensor running, float[] batch, double correction) {
    Maths.read(running.value(), statistic, 0);
    for (int c = 0; c < batch.length; c++) {
      statistic[c] += MOMENTUM * (float) (batch[c] * correction - statistic[c]);
    }
    Maths.write(statistic, 0, running.value());
  }

  private INDArray matrix(INDArray x) {
    return memory.as(x, x.length() / shape.channels(), shape.channels());
  }

  private INDArray scratch() {
    return memory.take("scratch", centred.size(0), shape.channels());
  }

  /** One value per channel, as the vector that operations ask for, as a row and on the host. */
  private static final class PerChannel {
    private final INDArray vector;
    private final INDArray row;
    private final float[] host;

    PerChannel(int channels, double value) {
      vector = Nd4j.valueArrayOf(new long[] {channels}, value, DataType.FLOAT);
      row = vector.reshape('c', 1, channels);
      host = new float[channels];
    }

    float[] read() {
      Maths.read(vector, host, 0);
      return host;
    }

    void write() {
      Maths.write(host, 0, vector);
    }
  }
}
