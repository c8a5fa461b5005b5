package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A flat vector and the tensors that are views of it, at aligned addresses. Does not require
 * gradients itself: {@link Trainable#leaf} does, for one step. Used by one thread.
 */
final class FlatState implements StateVectors.Vector, AutoCloseable {
  private final StateKind kind;
  private final AlignedTable layout;
  private final Tensor values;
  private final List<Tensor> views = new ArrayList<>();

  /** On the device, with these first values. */
  FlatState(StateKind kind, TensorTable table, float[] first, Host host) {
    this.kind = kind;
    layout = new AlignedTable(table);
    float[] spread = layout.spread(first, 0);
    values = host.compute(() -> Scope.keep(host.tensor(spread, spread.length, spread.length)));
    Scope.run(() -> table.entries().forEach(entry -> views.add(Scope.keep(view(entry)))));
  }

  // Views share a counter of changes, by which autograd would take the update of one layer's
  // running statistics for one of another's; data() has its own.
  private Tensor view(TensorTable.Entry entry) {
    int tensor = views.size();
    Tensor part = values.narrow(0, layout.offset(tensor), entry.length());
    return part.view(layout.shape(tensor)).data();
  }

  TensorTable table() {
    return layout.table();
  }

  /** Where the tensors lie in {@link #values}. */
  AlignedTable layout() {
    return layout;
  }

  @Override
  public StateKind kind() {
    return kind;
  }

  @Override
  public int length() {
    return table().length();
  }

  /** The whole vector, gaps included. */
  Tensor values() {
    return values;
  }

  /** One of the tensors, counted from 0, without a way for gradients. */
  Tensor tensor(int number) {
    return views.get(number);
  }

  /** The tensors by name, without a way for gradients. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < views.size(); i++) {
      tensors.put(table().entries().get(i).name(), views.get(i));
    }
    return tensors;
  }

  /** Keeps its values if the scalar is true on the device, else takes these, of the same length. */
  void keepIf(Tensor condition, Tensor otherwise) {
    torch.where_out(values, condition, values, otherwise);
  }

  @Override
  public void read(float[] into) {
    layout.read(values, into, 0);
  }

  @Override
  public void adopt(float[] from) {
    layout.write(from, 0, values);
  }

  @Override
  public void close() {
    views.forEach(Tensor::close);
    values.close();
  }
}
