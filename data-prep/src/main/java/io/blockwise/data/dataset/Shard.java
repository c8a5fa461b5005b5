package io.blockwise.data.dataset;

import java.io.Serializable;
import java.util.Locale;

/**
 * One Parquet file of a split. Immutable.
 *
 * @param file relative to the data set's directory: {@code train/shard-00000.parquet}
 * @param firstRow index of its first row in the split
 * @param rows at least 1; shards of a split differ by at most one
 * @param bytes length of the file
 * @param sha256 of the file, lower-case hexadecimal
 */
public record Shard(String file, long firstRow, int rows, long bytes, String sha256)
    implements Serializable {
  /** Bytes of memory that the rows of a shard take at most. */
  public static final long MOST_BYTES = 64L << 20;

  public Shard {
    if (firstRow < 0 || rows < 1 || bytes < 0) {
      throw new IllegalArgumentException(
          file + " has " + rows + " rows from row " + firstRow + " in " + bytes + " bytes");
    }
  }

  /**
   * How many shards some rows are dealt into, so that none takes more than {@link #MOST_BYTES}.
   *
   * @param least that are wanted in any case
   * @param rowBytes that a row takes in memory, at most {@link #MOST_BYTES}
   */
  public static int count(long rows, long rowBytes, int least) {
    long most = MOST_BYTES / rowBytes;
    return Math.max(least, Math.toIntExact((rows + most - 1) / most));
  }

  /** Name of the shard with this number within its split. */
  public static String fileName(Split split, int number) {
    return String.format(Locale.ROOT, "%s/shard-%05d.parquet", split.directory(), number);
  }
}
