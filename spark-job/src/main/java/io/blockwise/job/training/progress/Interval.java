package io.blockwise.job.training.progress;

import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Cuts the figures of an epoch into pieces of about equal time. Used by the driver's thread. */
final class Interval {
  private final long length;
  private final LongSupplier nanoTime;
  private NetworkFigures before;
  private long start;

  /**
   * Begins an epoch.
   *
   * @param length of a piece; zero for no pieces
   * @param nanoTime clock in nanoseconds
   */
  Interval(Duration length, LongSupplier nanoTime, int blocks) {
    this.length = length.toNanos();
    this.nanoTime = nanoTime;
    before = NetworkFigures.none(blocks);
    start = nanoTime.getAsLong();
  }

  /**
   * What came since the last piece.
   *
   * @param nanos that it took
   */
  record Piece(NetworkFigures sums, long nanos) {
    double examplesPerSecond() {
      return sums.examples() * 1e9 / nanos;
    }
  }

  /** The piece that ends now, if enough time has passed since the last one. */
  Optional<Piece> end(NetworkFigures sinceStart) {
    long now = nanoTime.getAsLong();
    if (length == 0 || now - start < length) {
      return Optional.empty();
    }
    Piece piece = new Piece(sinceStart.minus(before), now - start);
    before = sinceStart;
    start = now;
    return Optional.of(piece);
  }
}
