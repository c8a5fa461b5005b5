package io.blockwise.model.engine;

import java.util.EnumMap;
import java.util.Map;

/**
 * The state of a block by kind, for engines to hand through. A kind that an engine does not have
 * has no values. Used by the block's thread.
 */
public final class StateVectors {
  private static final Vector NONE =
      new Vector() {
        @Override
        public int length() {
          return 0;
        }

        @Override
        public void read(float[] into) {}

        @Override
        public void adopt(float[] from) {}
      };

  private final Map<StateKind, Vector> vectors;

  /** These, and none of other kinds. */
  public StateVectors(Map<StateKind, Vector> vectors) {
    this.vectors = new EnumMap<>(vectors);
  }

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
    return vectors.getOrDefault(kind, NONE);
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
