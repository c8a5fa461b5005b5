package io.blockwise.model.artifact;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;

/** A block that holds its state and computes nothing. */
final class HeldBlock implements Block {
  private StoredBlock state;

  HeldBlock(StoredBlock state) {
    this.state = state;
  }

  @Override
  public BlockSpec spec() {
    return Samples.description().network().blocks().get(0);
  }

  @Override
  public TensorTable parameters() {
    return state.parameters().table();
  }

  @Override
  public TensorTable statistics() {
    return state.statistics().table();
  }

  @Override
  public int length(StateKind kind) {
    return vector(kind).length;
  }

  @Override
  public void read(StateKind kind, float[] into) {
    System.arraycopy(vector(kind), 0, into, 0, into.length);
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    state =
        kind == StateKind.PARAMETERS
            ? new StoredBlock(Tensors.copyOf(parameters(), from), state.statistics())
            : new StoredBlock(state.parameters(), Tensors.copyOf(statistics(), from));
  }

  private float[] vector(StateKind kind) {
    return (kind == StateKind.PARAMETERS ? state.parameters() : state.statistics()).toArray();
  }

  @Override
  public Step train(Signal in, Pace pace) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Signal forward(Signal in) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Signal answer(Signal output) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
