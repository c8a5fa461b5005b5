package io.blockwise.model.engine.torch;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorList;
import org.bytedeco.pytorch.TensorVector;

/**
 * An operation of libtorch for which the presets have no method: those whose names begin with an
 * underscore. Its arguments are those of its schema, in order, with none left out. Used by one
 * thread, inside a {@link Scope}.
 */
final class NamedOperation {
  private final OperatorHandle handle;

  /**
   * @param name for example {@code aten::_fused_adam_}
   */
  NamedOperation(String name) {
    this(name, "");
  }

  /**
   * @param overload for example {@code Scalar}
   */
  NamedOperation(String name, String overload) {
    handle = Dispatcher.singleton().findSchemaOrThrow(name, overload).retainReference();
  }

  /**
   * Runs it.
   *
   * @return its results, of which an operation in place has none
   */
  IValueVector call(IValue... arguments) {
    IValueVector stack = new IValueVector(arguments);
    handle.callBoxed(stack);
    return stack;
  }

  /**
   * A list of tensors. The presets make values of {@code GenericList} only; in libtorch both are a
   * pointer to the same structure, which knows the type of its elements.
   */
  static IValue list(Tensor... tensors) {
    Pointer list = new TensorList(new TensorVector(tensors));
    return new IValue(new GenericList(list));
  }
}
