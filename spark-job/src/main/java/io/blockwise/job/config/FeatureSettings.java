package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

/**
 * How the outputs of blocks are looked at as features. Immutable.
 *
 * <p>Always true: {@code perplexity} is below a third of {@code pictureRows}.
 *
 * @param rows of test at most, from 4 to 20000
 * @param probeRows of train at most that the linear probe learns from, at least 2
 * @param pictureRows of test at most that are drawn, from 10 to 2000
 * @param perplexity of the picture, at least 1
 */
public record FeatureSettings(
    ReadOut readOut, int rows, int probeRows, int pictureRows, int perplexity) {
  /** Time goes with the square of the rows. */
  private static final int MOST_ROWS = 20_000;

  /** That a picture can be drawn of. */
  private static final int LEAST_ROWS = 4;

  private static final int MOST_DRAWN = 2000;

  public FeatureSettings {
    requireWithin("features.rows", rows, LEAST_ROWS, MOST_ROWS);
    requireAtLeast("features.probe-rows", probeRows, 2);
    requireWithin("features.picture-rows", pictureRows, 10, MOST_DRAWN);
    requireWithin("features.perplexity", perplexity, 1, (pictureRows - 1) / 3);
  }

  /** What is made of an output that is a map. */
  public enum ReadOut {
    /** The mean over positions of every channel. */
    POOLED,
    /** All values. */
    FLAT
  }
}
