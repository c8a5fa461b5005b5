package io.blockwise.model.network;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What frozen blocks hand on, kept row by row, so that a row goes through them once and not in
 * every epoch. That is sound for rows that are the same whenever they come, as those without
 * augmentation are, and as long as the same blocks are frozen. Sequences are not kept: in a batch
 * they are as long as its longest row, and kept ones would be as long as the longest of all.
 *
 * <p>All or nothing: where the rows do not fit into the memory that they may take, none is kept.
 * Used by the network's thread.
 */
final class FrozenOutputs implements AutoCloseable {
  private final NetworkSpec spec;
  private final long most;
  private final Map<Long, Place> places = new HashMap<>();
  private final List<Signal> kept = new ArrayList<>();
  private int frozen;
  private long used;
  private boolean tooMany;

  /** Where a row's output is. */
  private record Place(Signal signal, int row) {}

  /**
   * @param most bytes that outputs may take; 0 keeps none
   */
  FrozenOutputs(NetworkSpec spec, long most) {
    this.spec = spec;
    this.most = most;
  }

  /**
   * Bytes that one row takes behind frozen blocks; empty if its output is not kept.
   *
   * @param frozen blocks, at least 1
   */
  static Optional<Long> rowBytes(NetworkSpec spec, int frozen) {
    Border border = spec.borders().get(frozen);
    if (border.activation() instanceof Shape.Sequence) {
      return Optional.empty();
    }
    long values =
        Stream.of(Optional.of(border.activation()), border.target(), border.image())
            .flatMap(Optional::stream)
            .mapToLong(Shape::elements)
            .sum();
    return Optional.of(values * Float.BYTES);
  }

  /**
   * What reaches the first block behind the frozen ones; the caller closes it.
   *
   * @param frozenNow blocks
   * @param computed computes it
   */
  Signal of(Batch batch, int frozenNow, Supplier<Signal> computed) {
    if (frozenNow != frozen) {
      forget();
      frozen = frozenNow;
    }
    Optional<Long> bytes = rowBytes(spec, frozen);
    if (tooMany || !batch.repeats() || bytes.isEmpty()) {
      return computed.get();
    }
    if (IntStream.range(0, batch.rows()).allMatch(row -> places.containsKey(batch.number(row)))) {
      return gathered(batch);
    }
    Signal output = computed.get();
    keep(batch, output, bytes.get());
    return output;
  }

  private void keep(Batch batch, Signal output, long bytes) {
    int[] unknown =
        IntStream.range(0, batch.rows())
            .filter(row -> !places.containsKey(batch.number(row)))
            .toArray();
    used += unknown.length * bytes;
    if (used > most) {
      forget();
      tooMany = true;
      return;
    }
    Signal own = output.select(unknown);
    kept.add(own);
    for (int i = 0; i < unknown.length; i++) {
      places.put(batch.number(unknown[i]), new Place(own, i));
    }
  }

  /** The rows in the order of the batch, of as many signals as have some of them. */
  private Signal gathered(Batch batch) {
    Map<Signal, List<Integer>> rows = new LinkedHashMap<>();
    for (int row = 0; row < batch.rows(); row++) {
      Signal of = places.get(batch.number(row)).signal;
      rows.computeIfAbsent(of, signal -> new ArrayList<>()).add(row);
    }
    List<Signal> parts = new ArrayList<>();
    try {
      rows.forEach((signal, theirs) -> parts.add(signal.select(indices(batch, theirs))));
      try (Signal all = parts.get(0).joined(parts.subList(1, parts.size()))) {
        int[] order = rows.values().stream().flatMap(List::stream).mapToInt(row -> row).toArray();
        return all.select(inverse(order)).onBatch(batch.chance());
      }
    } finally {
      parts.forEach(Signal::close);
    }
  }

  private int[] indices(Batch batch, List<Integer> rows) {
    return rows.stream().mapToInt(row -> places.get(batch.number(row)).row).toArray();
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    return inverse;
  }

  private void forget() {
    kept.forEach(Signal::close);
    kept.clear();
    places.clear();
    used = 0;
    tooMany = false;
  }

  @Override
  public void close() {
    forget();
  }
}
