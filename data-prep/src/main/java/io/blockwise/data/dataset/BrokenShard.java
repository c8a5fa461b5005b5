package io.blockwise.data.dataset;

import io.blockwise.data.check.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Tells a shard that is not what its manifest says, though its checksum is right, from a file
 * system that cannot be read. Parquet says the former in many ways. Immutable.
 *
 * @param inMemory whether what is read is in memory, so that no file system can fail
 */
record BrokenShard(Shard shard, boolean inMemory) {
  /** Some reading. */
  interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Reads.
   *
   * @throws DataException if what is read is no sound shard
   * @throws IOException if the file system fails
   */
  <T> T refused(Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (DataException | UncheckedIOException e) {
      throw e;
    } catch (EOFException | RuntimeException e) {
      throw broken(e);
    } catch (IOException e) {
      if (inMemory) {
        throw broken(e);
      }
      throw e;
    }
  }

  private DataException broken(Exception e) {
    return new DataException(
        "Cannot read shard "
            + shard.file()
            + ": it is no sound shard of this data set, "
            + innermost(e)
            + " (delete the data set and prepare it again)",
        e);
  }

  private static String innermost(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }
}
