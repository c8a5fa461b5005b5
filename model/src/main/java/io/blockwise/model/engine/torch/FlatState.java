package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * A flat vector and the tensors that are views of it. Does not require gradients itself: {@link
 * #leaf} does, for one step. Used by one thread.
 */
final class FlatState implements StateVectors.Vector, AutoCloseable {
  private final TensorTable table;
  private final long[] lengths;
  private final long[][] shapes;
  private final Tensor values;
  private final List<Tensor> views = new ArrayList<>();

  /** On the device, with these first values. */
  FlatState(TensorTable table, float[] first, Host host) {
    this.table = table;
    int count = table.entries().size();
    lengths = new long[count];
    shapes = new long[count][];
    for (int i = 0; i < count; i++) {
      TensorTable.Entry entry = table.entries().get(i);
      lengths[i] = entry.length();
      shapes[i] = entry.shape().stream().mapToLong(Integer::longValue).toArray();
    }
    values = Scope.get(() -> Scope.keep(host.tensor(first, first.length, first.length)));
    Scope.run(() -> table.entries().forEach(entry -> views.add(Scope.keep(view(entry)))));
  }

  // Views share a counter of changes, by which autograd would take the update of one layer's
  // running
  // statistics for one of another's; data() has its own.
  private Tensor view(TensorTable.Entry entry) {
    return values.narrow(0, entry.offset(), entry.length()).view(shapes[views.size()]).data();
  }

  TensorTable table() {
    return table;
  }

  @Override
  public int length() {
    return table.length();
  }

  /** The whole vector. */
  Tensor values() {
    return values;
  }

  /** The tensors by name, without a way for gradients. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < views.size(); i++) {
      tensors.put(table.entries().get(i).name(), views.get(i));
    }
    return tensors;
  }

  /** The same values as the start of a differentiable computation. */
  Tensor leaf() {
    return values.detach().requires_grad_(true);
  }

  /** The tensors of a leaf by name; their gradients come together in the leaf's. */
  Map<String, Tensor> tensors(Tensor leaf) {
    TensorVector parts = leaf.split_with_sizes(lengths, 0);
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < lengths.length; i++) {
      tensors.put(table.entries().get(i).name(), parts.get(i).view(shapes[i]));
    }
    return tensors;
  }

  @Override
  public void read(float[] into) {
    Host.read(values, into, 0);
  }

  @Override
  public void adopt(float[] from) {
    Host.write(from, 0, values);
  }

  @Override
  public void close() {
    views.forEach(Tensor::close);
    values.close();
  }
}
