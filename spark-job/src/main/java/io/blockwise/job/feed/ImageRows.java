package io.blockwise.job.feed;

/**
 * Images of one shard in memory.
 *
 * <p>The arrays are shared, not copied: whoever holds them must not change them. Thread-safe as
 * long as that holds.
 */
public final class ImageRows {
  private final byte[] pixels;
  private final int[] labels;
  private final long firstRow;

  /**
   * @param pixels unsigned, one image behind the other, each {@code [channels, height, width]}
   * @param labels class ids from 0, one per image
   * @param firstRow number of the first image within its split; the others follow without gaps
   */
  public ImageRows(byte[] pixels, int[] labels, long firstRow) {
    if (labels.length > 0 && pixels.length % labels.length != 0) {
      throw new IllegalArgumentException(
          "Invalid pixels: "
              + pixels.length
              + " (must be a multiple of "
              + labels.length
              + " rows)");
    }
    this.pixels = pixels;
    this.labels = labels;
    this.firstRow = firstRow;
  }

  /** Number of images. */
  public int count() {
    return labels.length;
  }

  byte[] pixels() {
    return pixels;
  }

  int label(int index) {
    return labels[index];
  }

  /** Number of an image within its split, which tells it from every other one. */
  long row(int index) {
    return firstRow + index;
  }
}
