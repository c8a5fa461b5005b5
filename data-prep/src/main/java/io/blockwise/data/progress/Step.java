package io.blockwise.data.progress;

/**
 * A piece of work with a known size. Immutable.
 *
 * @param what for example {@code Downloading cifar-10-binary.tar.gz}
 * @param total in {@code unit}s; below 0 if it is not known
 */
public record Step(String what, long total, Unit unit) {
  /** What is counted. */
  public enum Unit {
    BYTES,
    PIECES
  }

  String amount(long count) {
    return unit == Unit.BYTES ? megabytes(count) : Long.toString(count);
  }

  private static String megabytes(long bytes) {
    return bytes / 1_000_000 + "." + bytes / 100_000 % 10 + " MB";
  }
}
