package io.blockwise.data.dataset;

/**
 * The rows of one shard in memory: pixels as one {@code byte[]} (unsigned), row by row, each {@code
 * [channels, height, width]}, and their labels.
 *
 * <p>The arrays are the shard's own and not copied, because they are large: whoever gets them reads
 * them only. Thread-safe as long as that holds.
 */
public final class ImageShard {
  private final ImageShape shape;
  private final long firstRow;
  private final byte[] pixels;
  private final int[] labels;

  ImageShard(ImageShape shape, long firstRow, byte[] pixels, int[] labels) {
    this.shape = shape;
    this.firstRow = firstRow;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** Size of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** Images in memory. */
  public int rows() {
    return labels.length;
  }

  /**
   * Index in its split of row 0. Row i of these is row {@code firstRow + i} of the split, a number
   * that no change of cores or workers moves.
   */
  public long firstRow() {
    return firstRow;
  }

  /** All images; image i starts at {@code i * shape().bytes()}. Not to be changed. */
  public byte[] pixels() {
    return pixels;
  }

  /** Class ids from 0, one per image. Not to be changed. */
  public int[] labels() {
    return labels;
  }

  @Override
  public String toString() {
    return rows() + " images from row " + firstRow;
  }
}
