package io.blockwise.model.engine.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One libnd4j operation with its arguments and its native context, which is kept: contexts are
 * freed by the garbage collector only, and a step runs hundreds of operations. Used by one thread.
 */
final class NativeOp {
  private final CustomOp op;
  private final OpContext context = Nd4j.getExecutioner().buildContext();

  NativeOp(String name, long... integers) {
    this(name, new double[0], integers);
  }

  NativeOp(String name, double[] reals, long... integers) {
    op = DynamicCustomOp.builder(name).build();
    context.setIArguments(integers);
    context.setTArguments(reals);
  }

  /** Replaces the real arguments. */
  void reals(double... values) {
    context.setTArguments(values);
  }

  /** Replaces the integer arguments. */
  void integers(long... values) {
    context.setIArguments(values);
  }

  /** Runs it: {@code inputs} into {@code outputs}, which exist already. */
  void run(INDArray[] inputs, INDArray... outputs) {
    for (int i = 0; i < inputs.length; i++) {
      context.setInputArray(i, inputs[i]);
    }
    for (int i = 0; i < outputs.length; i++) {
      context.setOutputArray(i, outputs[i]);
    }
    Nd4j.getExecutioner().exec(op, context);
  }

  /** Reads as an argument list: {@code op.run(in(x, w), y)}. */
  static INDArray[] in(INDArray... arrays) {
    return arrays;
  }
}
