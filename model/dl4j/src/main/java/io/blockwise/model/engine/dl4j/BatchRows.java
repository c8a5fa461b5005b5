package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Signal;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Optional;

/** What all signals of a batch have of its rows. Its arrays are not to be changed. */
final class BatchRows {
  private final int[] labels;
  private final float[] weights;
  private final Optional<Texts> texts;
  private long chance;

  /**
   * Of a batch.
   *
   * @param labels one per row
   * @param weights what each row counts; none if all count the same
   * @param texts how long the rows are, if they are texts
   * @param chance decides on what is random in a step
   */
  BatchRows(int[] labels, float[] weights, Optional<Texts> texts, long chance) {
    this.labels = labels;
    this.weights = weights;
    this.texts = texts;
    this.chance = chance;
  }

  int count() {
    return labels.length;
  }

  int[] labels() {
    return labels;
  }

  float[] weights() {
    return weights;
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
    return new BatchRows(
        Signal.labels(labels, rows),
        Signal.weights(weights, rows),
        texts.map(all -> all.select(rows)),
        chance);
  }

  /** Those of several signals, one behind the other. */
  static BatchRows joined(List<NativeSignal> all) {
    BatchRows first = all.get(0).batch();
    Optional<Texts> texts =
        first.texts.map(
            own -> Texts.joined(all.stream().map(one -> one.batch().texts.orElseThrow()).toList()));
    return new BatchRows(Signal.labels(all), Signal.weights(all), texts, first.chance);
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
