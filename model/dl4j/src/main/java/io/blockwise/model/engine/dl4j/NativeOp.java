package io.blockwise.model.engine.dl4j;

import java.util.List;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One libnd4j operation with its arguments and its native context, which is kept: contexts are
 * freed by the garbage collector only, and a step runs hundreds of operations. Used by one thread.
 */
final class NativeOp {
  private final DifferentialFunction op;
  private final OpContext context = Nd4j.getExecutioner().buildContext();
  private INDArray[] heldInputs = {};
  private INDArray[] heldOutputs = {};

  NativeOp(String name, long... integers) {
    this(name, new double[0], integers);
  }

  NativeOp(String name, double[] reals, long... integers) {
    op = DynamicCustomOp.builder(name).build();
    context.setIArguments(integers);
    context.setTArguments(reals);
  }

  /** An operation of a SameDiff graph, with the arguments that it has there. */
  NativeOp(DifferentialFunction op) {
    this.op = op;
    if (op instanceof CustomOp custom) {
      context.setIArguments(custom.iArgs());
      context.setTArguments(custom.tArgs());
      context.setBArguments(custom.bArgs());
      context.setDArguments(custom.dArgs());
    }
  }

  /** Types and shapes of the results for these inputs. */
  List<LongShapeDescriptor> results(INDArray[] inputs) {
    hold(inputs, new INDArray[0]);
    return op instanceof CustomOp custom
        ? custom.calculateOutputShape(context)
        : ((BaseOp) op).calculateOutputShape(context);
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
    if (!same(inputs, heldInputs) || !same(outputs, heldOutputs)) {
      hold(inputs, outputs);
    }
    if (op instanceof CustomOp custom) {
      Nd4j.getExecutioner().exec(custom, context);
    } else {
      Nd4j.getExecutioner().exec((Op) op, context);
    }
  }

  /** A native context keeps a descriptor of every array it was ever given until it is purged. */
  private void hold(INDArray[] inputs, INDArray[] outputs) {
    context.purge();
    for (int i = 0; i < inputs.length; i++) {
      context.setInputArray(i, inputs[i]);
    }
    for (int i = 0; i < outputs.length; i++) {
      context.setOutputArray(i, outputs[i]);
    }
    heldInputs = inputs.clone();
    heldOutputs = outputs.clone();
  }

  private static boolean same(INDArray[] some, INDArray[] others) {
    if (some.length != others.length) {
      return false;
    }
    for (int i = 0; i < some.length; i++) {
      if (!isSame(some[i], others[i])) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // equals would compare the values
  private static boolean isSame(INDArray one, INDArray other) {
    return one == other;
  }

  /** Reads as an argument list: {@code op.run(in(x, w), y)}. */
  static INDArray[] in(INDArray... arrays) {
    return arrays;
  }
}
