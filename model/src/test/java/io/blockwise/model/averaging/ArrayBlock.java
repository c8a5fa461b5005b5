package io.blockwise.model.averaging;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A block whose state is an array of each kind, for tests of what reads and adopts states. */
abstract class ArrayBlock implements Block {
  static final TensorTable NO_TENSORS = new TensorTable(List.of());

  final float[] parameters;
  final float[] statistics;
  final float[] optimiser;

  private final TensorTable statisticsTable;
  private final Map<StateKind, float[]> vectors;

  ArrayBlock(int parameters, TensorTable statistics, int optimiser) {
    this.parameters = new float[parameters];
    this.statistics = new float[statistics.length()];
    this.optimiser = new float[optimiser];
    this.statisticsTable = statistics;
    vectors =
        Map.of(
            StateKind.PARAMETERS, this.parameters,
            StateKind.STATISTICS, this.statistics,
            StateKind.OPTIMISER, this.optimiser);
  }

  @Override
  public BlockSpec spec() {
    throw new UnsupportedOperationException("averaging needs no specification");
  }

  @Override
  public TensorTable parameters() {
    return tensorsOf(parameters.length);
  }

  /** Tensors of these lengths, one behind the other. */
  static TensorTable tensorsOf(int... lengths) {
    List<TensorTable.Entry> entries = new ArrayList<>();
    int offset = 0;
    for (int length : lengths) {
      String name = "layers." + entries.size() + ".weight";
      entries.add(new TensorTable.Entry(name, List.of(length), offset));
      offset += length;
    }
    return new TensorTable(entries);
  }

  @Override
  public TensorTable statistics() {
    return statisticsTable;
  }

  @Override
  public int length(StateKind kind) {
    return vector(kind).length;
  }

  @Override
  public void read(StateKind kind, float[] into) {
    copy(vector(kind), into);
  }

  @Override
  public void adopt(StateKind kind, float[] from) {
    copy(from, vector(kind));
  }

  private static void copy(float[] from, float[] into) {
    if (from.length != into.length) {
      throw new IllegalArgumentException(from.length + " values for " + into.length);
    }
    System.arraycopy(from, 0, into, 0, from.length);
  }

  private float[] vector(StateKind kind) {
    return vectors.getOrDefault(kind, new float[0]);
  }

  @Override
  public Step train(Signal in, Pace pace) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public Signal forward(Signal in) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public Signal answer(Signal output) {
    throw new UnsupportedOperationException("averaging only reads and adopts states");
  }

  @Override
  public void close() {}
}
