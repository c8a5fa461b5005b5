package io.blockwise.model.engine;

/**
 * The state of a block by kind, for engines to hand through. Used by the block's thread.
 *
 * @param parameters the trainable ones
 * @param statistics running ones
 * @param optimiser what the optimiser remembers
 */
public record StateVectors(Vector parameters, Vector statistics, Vector optimiser) {
  /** A flat vector that lives in an engine. */
  public interface Vector {
    /** Values in it. */
    int length();

    /** Copies it out, into so many values. */
    void read(float[] into);

    /** Copies so many values in. */
    void adopt(float[] from);
  }

  private Vector of(StateKind kind) {
    return switch (kind) {
      case PARAMETERS -> parameters;
      case STATISTICS -> statistics;
      case OPTIMISER -> optimiser;
    };
  }

  /** As {@link Block#length}. */
  public int length(StateKind kind) {
    return of(kind).length();
  }

  /** As {@link Block#read}. */
  public void read(StateKind kind, float[] into) {
    requireLength(kind, into);
    of(kind).read(into);
  }

  /** As {@link Block#adopt}. */
  public void adopt(StateKind kind, float[] from) {
    requireLength(kind, from);
    of(kind).adopt(from);
  }

  private void requireLength(StateKind kind, float[] vector) {
    if (vector.length != length(kind)) {
      throw new IllegalArgumentException(
          "Invalid length of " + kind + ": " + vector.length + " (must be " + length(kind) + ")");
    }
  }
}
