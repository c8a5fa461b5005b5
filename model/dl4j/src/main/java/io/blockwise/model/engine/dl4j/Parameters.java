package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.TensorTable;
import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A flat vector and the tensors that are views of it, so that the optimiser, averaging and files
 * see one vector while layers see their tensors. A table, which is its first tensor, has no
 * gradient: what trains by rows has those of its rows. Used by one thread.
 */
final class Parameters implements StateVectors.Vector, AutoCloseable {
  private final StateKind kind;
  private final TensorTable table;
  private final Map<String, Tensor> tensors = new HashMap<>();
  private INDArray values;
  private INDArray gradients;

  /**
   * One tensor of the vector.
   *
   * @param gradient null for what is not trained as a whole
   */
  record Tensor(INDArray value, INDArray gradient) {}

  private Parameters(StateKind kind, TensorTable table, float[] first) {
    this(kind, table);
    if (table.length() > 0) {
      values = Nd4j.zeros(DataType.FLOAT, table.length());
      Maths.write(first, 0, values);
      addTensors();
    }
  }

  private Parameters(StateKind kind, TensorTable table) {
    this.kind = kind;
    this.table = table;
  }

  private void addTensors() {
    int front = table.length() - table.lengthOfRest();
    if (kind == StateKind.PARAMETERS && gradients == null) {
      gradients = Nd4j.zeros(DataType.FLOAT, table.lengthOfRest());
    }
    for (TensorTable.Entry entry : table.entries()) {
      boolean trained = gradients != null && !entry.byRow();
      INDArray gradient = trained ? view(gradients, entry, front) : null;
      tensors.put(entry.name(), new Tensor(view(values, entry, 0), gradient));
    }
  }

  /** Values with gradients. */
  static Parameters trained(TensorTable table, float[] first) {
    return new Parameters(StateKind.PARAMETERS, table, first);
  }

  /** Values alone. */
  static Parameters kept(TensorTable table, float[] first) {
    return new Parameters(StateKind.STATISTICS, table, first);
  }

  /** Those without the table, as views of the same vectors, which these close. */
  Parameters withoutTable() {
    if (table.table().isEmpty()) {
      return this;
    }
    int front = table.length() - table.lengthOfRest();
    Parameters rest = new Parameters(kind, behind(front));
    rest.values = values.get(NDArrayIndex.interval(front, table.length()));
    rest.gradients = gradients;
    rest.addTensors();
    return rest;
  }

  private TensorTable behind(int front) {
    return new TensorTable(
        table.entries().stream()
            .filter(entry -> !entry.byRow())
            .map(
                entry -> new TensorTable.Entry(entry.name(), entry.shape(), entry.offset() - front))
            .toList());
  }

  private static INDArray view(INDArray vector, TensorTable.Entry entry, int front) {
    long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
    int offset = entry.offset() - front;
    return vector.get(NDArrayIndex.interval(offset, offset + entry.length())).reshape('c', shape);
  }

  TensorTable table() {
    return table;
  }

  @Override
  public StateKind kind() {
    return kind;
  }

  @Override
  public int length() {
    return table.length();
  }

  /** The tensor of a name in the table. */
  Tensor tensor(String name) {
    return tensors.get(name);
  }

  /** All values; null if there are none. */
  INDArray values() {
    return values;
  }

  /** All gradients, in the same order. */
  INDArray gradients() {
    return gradients;
  }

  /** Adds the gradient of weight decay in L2's form. */
  void addDecay(double factor) {
    if (factor > 0) {
      Maths.axpy(factor, values, gradients);
    }
  }

  @Override
  public void read(float[] into) {
    if (length() > 0) {
      Maths.read(values, into, 0);
    }
  }

  @Override
  public void adopt(float[] from) {
    if (length() > 0) {
      Maths.write(from, 0, values);
    }
  }

  @Override
  public void close() {
    if (length() > 0) {
      values.close();
      if (gradients != null) {
        gradients.close();
      }
    }
  }
}
