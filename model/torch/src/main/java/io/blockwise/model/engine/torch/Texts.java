package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.TokenField;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * How long the texts of a batch are, and what layers make of that. The host knows all of it, so
 * nothing here waits for a device. Thread-safe.
 */
final class Texts extends Shared {
  private final Host host;
  private final int[] lengths;
  private final int positions;

  /** Ids, {@code [rows, positions]}; none where only the lengths are left to know. */
  private final int[] padded;

  /** Which ids the batch reads; none for a part of a batch, of which no embedding learns. */
  private final int[] distinct;

  /** Of a batch's leading rows. */
  Texts(Host host, TokenField field, int rows) {
    this(host, field.lengths(rows), field.padded(rows));
  }

  private Texts(Host host, int[] lengths, int[] padded) {
    this.host = host;
    this.lengths = lengths;
    this.padded = padded;
    positions = padded.length / lengths.length;
    int[] sorted = padded.clone();
    Arrays.sort(sorted);
    distinct = Arrays.stream(sorted).distinct().toArray();
  }

  private Texts(Host host, int[] lengths, int positions, int[] padded) {
    this.host = host;
    this.lengths = lengths;
    this.positions = positions;
    this.padded = padded;
    distinct = new int[0];
  }

  /**
   * Rows that are as long as those of two together, where each begins with the one and goes on with
   * the other.
   *
   * @param second of as many rows; without it each is one position longer
   */
  static Texts behind(Host host, Texts first, Optional<Texts> second) {
    int[] lengths = new int[first.rows()];
    for (int row = 0; row < lengths.length; row++) {
      lengths[row] = first.lengths[row] + lengthOf(second, row);
    }
    return new Texts(host, lengths, Arrays.stream(lengths).max().orElseThrow(), new int[0]);
  }

  private static int lengthOf(Optional<Texts> texts, int row) {
    return texts.isPresent() ? texts.get().lengths[row] : 1;
  }

  /**
   * Where those rows' positions are found among all positions of the first, those of the second
   * behind them, and last one of zeros: {@code [rows * positions]}.
   */
  Tensor joinedFrom(Texts first, Optional<Texts> second) {
    int width = second.map(Texts::positions).orElse(1);
    int behind = rows() * first.positions;
    int[] from = new int[rows() * positions];
    Arrays.fill(from, behind + rows() * width);
    for (int row = 0; row < rows(); row++) {
      int start = row * positions;
      for (int i = 0; i < first.lengths[row]; i++) {
        from[start + i] = row * first.positions + i;
      }
      for (int i = 0; i < lengthOf(second, row); i++) {
        from[start + first.lengths[row] + i] = behind + row * width + i;
      }
    }
    return host.labels(from);
  }

  /** The same for one more signal, which closes them, too. */
  Texts shared() {
    share();
    return this;
  }

  /** Lengths of some rows. */
  Texts select(int[] rows) {
    return new Texts(host, lengths(rows), positions, new int[0]);
  }

  /** The same with their ids. */
  Texts selectWithIds(int[] rows) {
    int[] ids = new int[rows.length * positions];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(padded, rows[i] * positions, ids, i * positions, positions);
    }
    return new Texts(host, lengths(rows), positions, ids);
  }

  private int[] lengths(int[] rows) {
    return Arrays.stream(rows).map(row -> lengths[row]).toArray();
  }

  /** Lengths of several batches' rows, one behind the other. */
  static Texts joined(Host host, List<Texts> all) {
    return new Texts(host, lengths(all), positions(all), new int[0]);
  }

  /** The same with their ids; of none of them an embedding learns. */
  static Texts joinedWithIds(Host host, List<Texts> all) {
    int[] lengths = lengths(all);
    int positions = positions(all);
    int[] ids = new int[lengths.length * positions];
    int row = 0;
    for (Texts some : all) {
      for (int i = 0; i < some.rows(); i++, row++) {
        System.arraycopy(some.padded, i * some.positions, ids, row * positions, some.positions);
      }
    }
    return new Texts(host, lengths, positions, ids);
  }

  private static int[] lengths(List<Texts> all) {
    return all.stream().flatMapToInt(some -> Arrays.stream(some.lengths)).toArray();
  }

  private static int positions(List<Texts> all) {
    return all.stream().mapToInt(Texts::positions).max().orElseThrow();
  }

  int rows() {
    return lengths.length;
  }

  /** Positions of the longest, to which the others are padded. */
  int positions() {
    return positions;
  }

  /** Whether none is padded. */
  boolean full() {
    return Arrays.stream(lengths).allMatch(length -> length == positions);
  }

  /** Ids of tokens, {@code [rows, positions]}; 0 behind a text's end. */
  Tensor ids() {
    return derived("ids", () -> host.labels(padded).view(rows(), positions));
  }

  /** The ids that the batch has, ascending, each once, on the host; not to be changed. */
  int[] distinct() {
    return distinct;
  }

  /** The same on the device, {@code [distinct]}. */
  Tensor rowsRead() {
    return derived("rows read", () -> host.labels(distinct));
  }

  /** Where each token's id stands among the distinct ones, {@code [rows, positions]}. */
  Tensor places() {
    return derived(
        "places",
        () ->
            host.labels(
                    Arrays.stream(padded).map(id -> Arrays.binarySearch(distinct, id)).toArray())
                .view(rows(), positions));
  }

  /** {@code [rows, 1, positions]}: one over its length at each of a text's tokens, else 0. */
  Tensor meanWeights() {
    return derived(
        "mean weights",
        () -> {
          float[] weights = new float[rows() * positions];
          for (int i = 0; i < rows(); i++) {
            Arrays.fill(weights, i * positions, i * positions + lengths[i], 1f / lengths[i]);
          }
          return host.tensor(weights, weights.length, rows(), 1, positions);
        });
  }

  /** {@code [rows, 1, 1, positions]}: true at tokens. */
  Tensor mask() {
    return derived("mask", () -> meanWeights().gt(new Scalar(0.0)).view(rows(), 1, 1, positions));
  }

  /** Number of each text's last token among all positions of all rows, {@code [rows]}. */
  Tensor lastTokens() {
    return derived(
        "last tokens",
        () ->
            host.labels(
                IntStream.range(0, rows())
                    .map(row -> row * positions + lengths[row] - 1)
                    .toArray()));
  }

  /** Positions of all rows, those of each row's tokens from the last to the first. */
  Tensor turnedTokens() {
    return derived("turned tokens", () -> host.labels(turned()));
  }

  private int[] turned() {
    int[] turned = new int[rows() * positions];
    for (int i = 0; i < turned.length; i++) {
      int row = i / positions;
      int position = i % positions;
      boolean token = position < lengths[row];
      turned[i] = token ? row * positions + lengths[row] - 1 - position : i;
    }
    return turned;
  }

  /** The tokens' positions in the order of {@link #packed}. */
  Tensor packedTokens() {
    return derived("packed tokens", () -> host.labels(packed()));
  }

  /** Rows from the longest to the shortest, of equals the first one first, {@code [rows]}. */
  Tensor byLength() {
    return derived("by length", () -> host.labels(longestFirst()));
  }

  /** Where each row is in {@link #byLength}, {@code [rows]}. */
  Tensor placesByLength() {
    return derived("places by length", () -> byLength().argsort());
  }

  /** How many texts have a token at each position; on the host, where libtorch wants it. */
  Tensor textsPerPosition() {
    return derived(
        "texts per position",
        () ->
            org.bytedeco.pytorch.global.torch.tensor(
                IntStream.range(0, positions)
                    .mapToLong(t -> Arrays.stream(lengths).filter(length -> length > t).count())
                    .toArray()));
  }

  private int[] longestFirst() {
    return IntStream.range(0, rows())
        .boxed()
        .sorted((a, b) -> Integer.compare(lengths[b], lengths[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The first token of every text, the longest text first, then the second of every and so on. */
  private int[] packed() {
    int[] order = longestFirst();
    return IntStream.range(0, positions)
        .flatMap(
            t ->
                Arrays.stream(order)
                    .filter(row -> lengths[row] > t)
                    .map(row -> row * positions + t))
        .toArray();
  }
}
