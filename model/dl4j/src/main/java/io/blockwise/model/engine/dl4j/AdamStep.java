package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.NativeOp.in;

import io.blockwise.model.engine.Pace;
import io.blockwise.model.spec.OptimiserSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Min;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What Adam does with gradients and their moments. Where steps are averaged over workers, what is
 * divided by has the noise of the mean, as {@link io.blockwise.model.spec.NoiseScale} says. Used by
 * one thread.
 */
final class AdamStep {
  private final OptimiserSpec.Adam spec;
  private final NativeOp updater = new NativeOp("adam_updater");

  AdamStep(OptimiserSpec.Adam spec) {
    this.spec = spec;
  }

  /**
   * Turns gradients into what is to be subtracted, and moves the moments.
   *
   * @param steps before this one
   * @param epsilon added to the root of the raw second moment; that of the spec to a corrected one
   */
  void take(
      INDArray gradients, INDArray first, INDArray second, long steps, double epsilon, Pace pace) {
    updater.reals(pace.rate(), spec.beta1(), spec.beta2(), epsilon);
    updater.integers(steps);
    updater.run(in(gradients, second, first), gradients, second, first);
    if (pace.noise() < 1) {
      ofMean(gradients, first, second, steps + 1, pace);
    }
  }

  private void ofMean(INDArray step, INDArray first, INDArray second, long steps, Pace pace) {
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
}
