package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A flat vector and the tensors that are views of it, so that the optimiser, averaging and files
 * see one vector while layers see their tensors. Used by one thread.
 */
final class Parameters implements AutoCloseable {
  private final List<TensorTable.Entry> entries = new ArrayList<>();
  private final List<DoubleSupplier> initial = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private int length;
  private INDArray values;
  private INDArray gradients;

  /** A tensor of the vector; its arrays exist once the vector is allocated. */
  static final class Tensor {
    private INDArray value;
    private INDArray gradient;

    INDArray value() {
      return value;
    }

    INDArray gradient() {
      return gradient;
    }
  }

  /** Adds a tensor behind the others, each value drawn from {@code draw} in order. */
  Tensor add(String name, List<Integer> shape, DoubleSupplier draw) {
    TensorTable.Entry entry = new TensorTable.Entry(name, shape, length);
    entries.add(entry);
    initial.add(draw);
    length += entry.length();
    Tensor tensor = new Tensor();
    tensors.add(tensor);
    return tensor;
  }

  /** Allocates the vector and draws its values; with gradients if asked. */
  void allocate(boolean withGradients) {
    float[] drawn = new float[length];
    for (int i = 0; i < entries.size(); i++) {
      TensorTable.Entry entry = entries.get(i);
      for (int j = 0; j < entry.length(); j++) {
        drawn[entry.offset() + j] = (float) initial.get(i).getAsDouble();
      }
    }
    if (length == 0) {
      return;
    }
    values = Nd4j.zeros(DataType.FLOAT, length);
    Maths.write(drawn, 0, values);
    if (withGradients) {
      gradients = Nd4j.zeros(DataType.FLOAT, length);
    }
    for (int i = 0; i < entries.size(); i++) {
      tensors.get(i).value = view(values, entries.get(i));
      tensors.get(i).gradient = withGradients ? view(gradients, entries.get(i)) : null;
    }
  }

  private static INDArray view(INDArray vector, TensorTable.Entry entry) {
    long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
    return vector
        .get(NDArrayIndex.interval(entry.offset(), entry.offset() + entry.length()))
        .reshape('c', shape);
  }

  TensorTable table() {
    return new TensorTable(entries);
  }

  int length() {
    return length;
  }

  /** All values; null if there are none. */
  INDArray values() {
    return values;
  }

  /** All gradients, in the same order. */
  INDArray gradients() {
    return gradients;
  }

  void read(float[] into) {
    if (length > 0) {
      Maths.read(values, into, 0);
    }
  }

  void adopt(float[] from) {
    if (length > 0) {
      Maths.write(from, 0, values);
    }
  }

  @Override
  public void close() {
    if (length > 0) {
      values.close();
      if (gradients != null) {
        gradients.close();
      }
    }
  }
}
