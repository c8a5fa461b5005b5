package io.blockwise.model.engine;

import java.util.EnumMap;
import java.util.Map;

/**
 * The state of a block by kind, for engines to hand through. A kind that an engine does not have
 * has no values. Used by the block's thread.
 */
public final class StateVectors {
  private final Map<StateKind, Vector> vectors = new EnumMap<>(StateKind.class);

  /** These, each of another kind, and none of other kinds. */
  public StateVectors(Vector... vectors) {
    for (Vector vector : vectors) {
      this.vectors.put(vector.kind(), vector);
    }
  }

  /** A flat vector that lives in an engine. */
  public interface Vector {
    /** What it is of a block's state. */
    StateKind kind();

    /** Values in it. */
    int length();

    /** Copies it out, into so many values. */
    void read(float[] into);

    /** Copies so many values in. */
    void adopt(float[] from);
  }

  /** As {@link Block#length}. */
  public int length(StateKind kind) {
    Vector vector = vectors.get(kind);
    return vector == null ? 0 : vector.length();
  }

  /** As {@link Block#read}. */
  public void read(StateKind kind, float[] into) {
    requireLength(kind, into);
    if (into.length > 0) {
      vectors.get(kind).read(into);
    }
  }

  /** As {@link Block#adopt}. */
  public void adopt(StateKind kind, float[] from) {
    requireLength(kind, from);
    if (from.length > 0) {
      vectors.get(kind).adopt(from);
    }
  }

  private void requireLength(StateKind kind, float[] vector) {
    if (vector.length != length(kind)) {
      throw new IllegalArgumentException(
          "Invalid length of " + kind + ": " + vector.length + " (must be " + length(kind) + ")");
    }
  }
}
