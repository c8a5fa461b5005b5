package io.blockwise.data.dataset;

import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.UserException;
import java.io.Serializable;

/**
 * Size of every image of a data set, each value from 1 to 4096. Immutable.
 *
 * @param channels 1 (grey) or 3 (red, green, blue) for what data-prep writes
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) implements Serializable {
  private static final int MOST = 4096;
  // One image and its label fit into a shard.
  private static final long MOST_BYTES = Shard.MOST_BYTES - Integer.BYTES;

  public ImageShape {
    requireWithin("image channels", channels, 1, MOST);
    requireWithin("image height", height, 1, MOST);
    requireWithin("image width", width, 1, MOST);
    if ((long) channels * height * width > MOST_BYTES) {
      throw UserException.invalid(
          "image shape", channels + " x " + height + " x " + width, "must be below 2^26 bytes");
    }
  }

  /** Bytes per image: one per channel and pixel. */
  public int bytes() {
    return channels * plane();
  }

  /** Pixels per channel. */
  public int plane() {
    return height * width;
  }
}
