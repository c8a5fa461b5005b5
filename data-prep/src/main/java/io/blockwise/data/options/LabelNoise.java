package io.blockwise.data.options;

import static io.blockwise.base.Checks.requireShareOrNone;

import java.io.Serializable;

/**
 * Labels of train that are drawn anew, once for all epochs; validation and test keep theirs.
 * Immutable.
 *
 * @param rate share of the rows of train ({@code data.label-noise.rate}), 0 to 1; 0 is none
 * @param kind from which classes they are drawn ({@code data.label-noise.kind})
 */
public record LabelNoise(double rate, Kind kind) implements Serializable {
  /** No noise. */
  public static final LabelNoise NONE = new LabelNoise(0, Kind.SYMMETRIC_INCL);

  /** From which classes a label is drawn, all of them equally likely. */
  public enum Kind {
    /** All, so that one in as many as there are classes stays the same. */
    SYMMETRIC_INCL,
    /** All but the true one. */
    SYMMETRIC_EXCL
  }

  public LabelNoise {
    requireShareOrNone("data.label-noise.rate", rate);
  }

  /** How many of so many rows. */
  public long rows(long train) {
    return Math.round(rate * train);
  }
}
