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
  public Shard {
    if (firstRow < 0 || rows < 1 || bytes < 0) {
      throw new IllegalArgumentException(
          file + " has " + rows + " rows from row " + firstRow + " in " + bytes + " bytes");
    }
  }

  /** Name of the shard with this number within its split. */
  public static String fileName(Split split, int number) {
    return String.format(Locale.ROOT, "%s/shard-%05d.parquet", split.directory(), number);
  }
}
