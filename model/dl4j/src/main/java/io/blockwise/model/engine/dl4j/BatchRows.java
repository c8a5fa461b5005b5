package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What all signals of a batch have of its rows. Its arrays are not to be changed. */
final class BatchRows {
  private final int[] labels;
  private final Optional<Texts> texts;
  private long chance;

  /**
   * Of a batch.
   *
   * @param labels one per row
   * @param texts how long the rows are, if they are texts
   * @param chance decides on what is random in a step
   */
  BatchRows(int[] labels, Optional<Texts> texts, long chance) {
    this.labels = labels;
    this.texts = texts;
    this.chance = chance;
  }

  int count() {
    return labels.length;
  }

  int[] labels() {
    return labels;
  }

  Optional<Texts> texts() {
    return texts;
  }

  long chance() {
    return chance;
  }

  /** Of rows that have come together in another batch since. */
  void chance(long decides) {
    chance = decides;
  }

  /** Those of some rows. */
  BatchRows select(int... rows) {
    return new BatchRows(Signal.labels(labels, rows), texts.map(all -> all.select(rows)), chance);
  }

  /** Those of several batches, one behind the other. */
  static BatchRows joined(List<BatchRows> all) {
    BatchRows first = all.get(0);
    int[] labels = all.stream().flatMapToInt(one -> Arrays.stream(one.labels)).toArray();
    Optional<Texts> texts =
        first.texts.map(
            own -> Texts.joined(all.stream().map(one -> one.texts.orElseThrow()).toList()));
    return new BatchRows(labels, texts, first.chance);
  }

  /** Sizes of an array of such rows: texts are as wide as the longest of them. */
  long[] sizes(Shape shape) {
    long[] sizes = NativeSignal.sizes(count(), shape);
    for (int i = 1; i < sizes.length; i++) {
      sizes[i] = sizes[i] < 0 ? texts.orElseThrow().positions() : sizes[i];
    }
    return sizes;
  }
}
