package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Adam and AdamW in PyTorch's forms. State: the number of steps, first moments, second moments. */
final class AdamOptimiser implements Optimiser {
  private final OptimiserSpec.Adam spec;
  private final boolean decoupled;
  private final Parameters parameters;
  private final AdamStep adam;
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
    adam = new AdamStep(spec);
    first = Nd4j.zeros(DataType.FLOAT, parameters.length());
    second = Nd4j.zeros(DataType.FLOAT, parameters.length());
  }

  /**
   * libnd4j adds epsilon to the root of the raw second moment, PyTorch to that of the corrected
   * one: scaling epsilon by the root of the correction makes the two equal.
   */
  @Override
  public void step(Pace pace) {
    INDArray gradients = parameters.gradients();
    if (decoupled) {
      parameters.values().muli(1 - pace.rate() * spec.weightDecay());
    } else {
      parameters.addDecay(spec.weightDecay());
    }
    double epsilon = spec.epsilon() * Math.sqrt(1 - Math.pow(spec.beta2(), steps + 1));
    adam.take(gradients, first, second, steps, epsilon, pace);
    steps++;
    parameters.values().subi(gradients);
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
