package io.blockwise.data.dataset;

import java.io.Serializable;

/**
 * The vectors that lie beside the shards for the tokens of a vocabulary, and how many tokens have
 * one of their own. Immutable.
 *
 * @param dimension numbers in a vector; 0 if there are none
 * @param words tokens of the vocabulary that have one
 * @param tokens of train, repetitions counted, also those that are not in the vocabulary
 * @param coveredTokens those among them that have one
 */
public record WordVectors(int dimension, int words, long tokens, long coveredTokens)
    implements Serializable {
  /** No vectors. */
  public static final WordVectors NONE = new WordVectors(0, 0, 0, 0);

  public WordVectors {
    if (dimension < 0 || words < 0 || coveredTokens < 0 || tokens < coveredTokens) {
      throw new IllegalArgumentException(
          "vectors of " + dimension + " for " + words + ", " + coveredTokens + " of " + tokens);
    }
  }

  /** Share of train's tokens that have a vector, 0 to 1. */
  public double tokenCoverage() {
    return tokens == 0 ? 0 : (double) coveredTokens / tokens;
  }

  /** Keeps {@link #NONE} out of files: Jackson asks it whether it equals a value. */
  static final class Absent {
    @Override
    public boolean equals(Object value) {
      return NONE.equals(value);
    }

    @Override
    public int hashCode() {
      return NONE.hashCode();
    }
  }
}
