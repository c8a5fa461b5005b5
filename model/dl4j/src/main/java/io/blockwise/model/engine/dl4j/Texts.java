package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.TokenField;
import java.util.Arrays;
import java.util.List;

/** How long the texts of a batch are, and what layers make of that; on the host. Immutable. */
final class Texts {
  private final int[] lengths;
  private final int positions;
  private final int[] padded;

  /** Of a batch's leading rows. */
  Texts(TokenField field, int rows) {
    this(field.lengths(rows), field.padded(rows));
  }

  private Texts(int[] lengths, int[] padded) {
    this.lengths = lengths;
    this.padded = padded;
    positions = padded.length / lengths.length;
  }

  /** Those of some rows. */
  Texts select(int... rows) {
    int[] theirs = new int[rows.length];
    int[] ids = new int[rows.length * positions];
    for (int i = 0; i < rows.length; i++) {
      theirs[i] = lengths[rows[i]];
      System.arraycopy(padded, rows[i] * positions, ids, i * positions, positions);
    }
    return new Texts(theirs, ids);
  }

  /** Those of several batches, one behind the other, as wide as the widest. */
  static Texts joined(List<Texts> all) {
    int[] lengths = all.stream().flatMapToInt(one -> Arrays.stream(one.lengths)).toArray();
    int positions = all.stream().mapToInt(Texts::positions).max().orElseThrow();
    int[] ids = new int[lengths.length * positions];
    int row = 0;
    for (Texts one : all) {
      for (int i = 0; i < one.rows(); i++) {
        System.arraycopy(one.padded, i * one.positions, ids, row++ * positions, one.positions);
      }
    }
    return new Texts(lengths, ids);
  }

  int rows() {
    return lengths.length;
  }

  /** Positions of the longest, to which the others are padded. */
  int positions() {
    return positions;
  }

  /** Tokens of a row. */
  int length(int row) {
    return lengths[row];
  }

  /**
   * Which of the rows' positions, {@code [rows, positions]}, are read one after the other: all rows
   * at their first step, then all at their second, {@code [positions, rows]}.
   *
   * @param backwards whether each row is read from its last token on, and then its padding
   */
  int[] steps(boolean backwards) {
    int[] steps = new int[padded.length];
    for (int i = 0; i < steps.length; i++) {
      int row = i % rows();
      steps[i] = row * positions + turned(row, i / rows(), backwards);
    }
    return steps;
  }

  /**
   * The other way round: at which number each of the rows' positions is read.
   *
   * @param first number
   */
  int[] places(boolean backwards, int first) {
    int[] places = new int[padded.length];
    for (int i = 0; i < places.length; i++) {
      int row = i / positions;
      places[i] = first + turned(row, i % positions, backwards) * rows() + row;
    }
    return places;
  }

  private int turned(int row, int position, boolean backwards) {
    return backwards && position < lengths[row] ? lengths[row] - 1 - position : position;
  }

  /** Ids of tokens, {@code [rows, positions]}; 0 behind a text's end. Not to be changed. */
  int[] ids() {
    return padded;
  }

  /** The ids that the batch has, ascending, each once. */
  int[] distinct() {
    int[] sorted = padded.clone();
    Arrays.sort(sorted);
    return Arrays.stream(sorted).distinct().toArray();
  }

  /** {@code [rows, 2, positions]}: 1 at a row's last token, and then at its first, else 0. */
  float[] ends() {
    float[] ends = new float[2 * padded.length];
    for (int i = 0; i < lengths.length; i++) {
      ends[2 * i * positions + lengths[i] - 1] = 1;
      ends[(2 * i + 1) * positions] = 1;
    }
    return ends;
  }

  /** {@code [rows, positions]}: one over its length at each of a text's tokens, else 0. */
  float[] meanWeights() {
    float[] weights = new float[padded.length];
    for (int i = 0; i < lengths.length; i++) {
      Arrays.fill(weights, i * positions, i * positions + lengths[i], 1f / lengths[i]);
    }
    return weights;
  }
}
