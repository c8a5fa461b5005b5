package io.blockwise.data.glove;

import io.blockwise.base.SplitMix;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.text.EmbeddingMatrix;
import java.util.BitSet;

/**
 * The vectors of a vocabulary as far as they were found; the first one of a word counts (methods
 * 4.2). Used by one thread.
 */
public final class VocabularyVectors {
  /** Keeps these draws apart from others of the same seed. */
  private static final long DRAW = 0x676C_6F76_65L;

  private static final long MOST_BYTES = 512L << 20;

  private final int rows;
  private final int dimension;
  private final float[] values;
  private final BitSet found = new BitSet();

  /** Of ids that were found: the piece of the file with their vector. */
  private final int[] pieces;

  /**
   * Of none so far.
   *
   * @param rows ids, the two that are no words included
   * @throws UserException if they take more than 512 MiB
   */
  VocabularyVectors(int rows, int dimension) {
    long bytes = (long) Float.BYTES * rows * dimension;
    if (bytes > MOST_BYTES) {
      throw UserException.cannot(
          "make embeddings of " + rows + " ids",
          "with " + dimension + " numbers each they take " + (bytes >> 20) + " MiB, more than 512",
          "lower data.text.vocabulary-size, or use shorter vectors");
    }
    this.rows = rows;
    this.dimension = dimension;
    this.values = new float[rows * dimension];
    this.pieces = new int[rows];
  }

  /**
   * Adds what a piece has. Pieces may come in any order.
   *
   * @param number of the piece in the file
   */
  void add(GlovePiece.Found piece, int number) {
    for (int i = 0; i < piece.ids.length; i++) {
      int id = piece.ids[i];
      if (!found.get(id) || number < pieces[id]) {
        System.arraycopy(piece.vectors[i], 0, values, id * dimension, dimension);
        found.set(id);
        pieces[id] = number;
      }
    }
  }

  /** Whether the word of an id has a vector. */
  public boolean has(int id) {
    return found.get(id);
  }

  /** Numbers in a vector. */
  public int dimension() {
    return dimension;
  }

  /** Words that have one. */
  public int words() {
    return found.cardinality();
  }

  /**
   * All rows: zeros for padding; a word without a vector, and the unknown one, get numbers drawn
   * from a normal distribution of mean 0 and the standard deviation of all that were found.
   *
   * @param seed of the draws; each row has its own
   */
  public EmbeddingMatrix filled(long seed) {
    double deviation = deviation();
    for (int id = found.nextClearBit(TokensKind.UNKNOWN);
        id < rows;
        id = found.nextClearBit(id + 1)) {
      SplitMix random = new SplitMix(SplitMix.key(seed, DRAW, id));
      for (int i = id * dimension; i < (id + 1) * dimension; i++) {
        values[i] = (float) (deviation * random.normal());
      }
    }
    return new EmbeddingMatrix(rows, dimension, values);
  }

  /** Over all numbers that were found, in the order of their ids. */
  private double deviation() {
    double sum = 0;
    double squares = 0;
    for (int id = found.nextSetBit(0); id >= 0; id = found.nextSetBit(id + 1)) {
      for (int i = id * dimension; i < (id + 1) * dimension; i++) {
        sum += values[i];
        squares += (double) values[i] * values[i];
      }
    }
    double count = (double) words() * dimension;
    double mean = sum / count;
    return Math.sqrt(Math.max(0, squares / count - mean * mean));
  }
}
