package io.blockwise.base.files;

import java.time.Duration;

/**
 * How often a lock is renewed and looked at. Immutable.
 *
 * @param renewal time between two signs of life of its owner
 * @param stale how long a lock may go without one before it is taken away; much longer than {@code
 *     renewal}, and than the time for which a file system may show old times (a minute on NFS)
 * @param look time between two looks of one who waits
 * @param patience how long one waits for an owner that is alive
 */
public record LockTimes(Duration renewal, Duration stale, Duration look, Duration patience) {
  /** For any file system. */
  public static final LockTimes NORMAL =
      new LockTimes(
          Duration.ofSeconds(5),
          Duration.ofMinutes(2),
          Duration.ofMillis(500),
          Duration.ofHours(6));
}
