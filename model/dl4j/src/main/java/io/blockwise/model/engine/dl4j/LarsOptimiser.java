package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * LARS: every tensor's gradient with decay and its factor, then descent with momentum. State: the
 * momentum, if there is one.
 */
final class LarsOptimiser implements Optimiser {
  private final OptimiserSpec.Lars spec;
  private final Parameters parameters;
  private final SgdOptimiser descent;

  LarsOptimiser(OptimiserSpec.Lars spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    descent = new SgdOptimiser(spec.descent(), parameters);
  }

  @Override
  public void step(Pace pace) {
    for (TensorTable.Entry entry : parameters.table().entries()) {
      if (OptimiserSpec.Lars.adapts(entry.shape())) {
        adapt(parameters.tensor(entry.name()));
      }
    }
    descent.step(pace);
  }

  private void adapt(Parameters.Tensor tensor) {
    INDArray gradient = tensor.gradient();
    Maths.axpy(spec.weightDecay(), tensor.value(), gradient);
    double ofValues = tensor.value().norm2Number().doubleValue();
    double ofGradient = gradient.norm2Number().doubleValue();
    if (ofValues > 0 && ofGradient > 0) {
      gradient.muli(spec.trust() * ofValues / ofGradient);
    }
  }

  @Override
  public int length() {
    return descent.length();
  }

  @Override
  public void read(float[] into) {
    descent.read(into);
  }

  @Override
  public void adopt(float[] from) {
    descent.adopt(from);
  }

  @Override
  public void close() {
    descent.close();
  }
}
