package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Min;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Adam and AdamW in PyTorch's forms. Where steps are averaged over workers, what is divided by has
 * the noise of the mean, as {@link io.blockwise.model.spec.NoiseScale} says. State: the number of
 * steps, first moments, second moments.
 */
final class AdamOptimiser implements Optimiser {
  private final OptimiserSpec.Adam spec;
  private final boolean decoupled;
  private final Parameters parameters;
  private final NativeOp updater;
  private final INDArray first;
  private final INDArray second;
  private long steps;

  AdamOptimiser(OptimiserSpec.Adam spec, Parameters parameters) {
    this(spec, false, parameters);
  }

  AdamOptimiser(OptimiserSpec.AdamW spec, Parameters parameters) {
    this(spec.coupled(), true, parameters);
  }

  private AdamOptimiser(OptimiserSpec.Adam spec, boolean decoupled, Parameters parameters) {
    this.spec = spec;
    this.decoupled = decoupled;
    this.parameters = parameters;
    updater = new NativeOp("adam_updater");
    first = Nd4j.zeros(DataType.FLOAT, parameters.length());
    second = Nd4j.zeros(DataType.FLOAT, parameters.length());
  }

  /**
   * libnd4j adds epsilon to the root of the raw second moment, PyTorch to that of the corrected
   * one: scaling epsilon by the root of the correction makes the two equal.
   */
  @Override
  public void step(Pace pace) {
    double learningRate = pace.rate();
    INDArray gradients = parameters.gradients();
    if (decoupled) {
      parameters.values().muli(1 - learningRate * spec.weightDecay());
    } else {
      parameters.addDecay(spec.weightDecay());
    }
    double epsilon = spec.epsilon() * Math.sqrt(1 - Math.pow(spec.beta2(), steps + 1));
    updater.reals(learningRate, spec.beta1(), spec.beta2(), epsilon);
    updater.integers(steps);
    updater.run(in(gradients, second, first), gradients, second, first);
    steps++;
    if (pace.noise() < 1) {
      ofMean(pace, gradients);
    }
    parameters.values().subi(gradients);
  }

  private void ofMean(Pace pace, INDArray step) {
    step.assign(first).divi(1 - Math.pow(spec.beta1(), steps));
    INDArray size = second.div(1 - Math.pow(spec.beta2(), steps));
    INDArray explained = step.mul(step);
    Nd4j.getExecutioner().exec(new Min(explained, size, explained));
    size.subi(explained).muli(pace.noise()).addi(explained);
    Transforms.sqrt(size, false).addi(spec.epsilon());
    step.divi(size).muli(pace.rate());
    size.close();
    explained.close();
  }

  @Override
  public int length() {
    return 1 + 2 * parameters.length();
  }

  @Override
  public void read(float[] into) {
    into[0] = steps;
    Maths.read(first, into, 1);
    Maths.read(second, into, 1 + parameters.length());
  }

  @Override
  public void adopt(float[] from) {
    steps = (long) from[0];
    Maths.write(from, 1, first);
    Maths.write(from, 1 + parameters.length(), second);
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
