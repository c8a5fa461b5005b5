package io.blockwise.base.files;

import java.time.Duration;

/**
 * How often a lock is renewed and looked at. Immutable.
 *
 * @param renewal time between two signs of life of its owner
 * @param stale how long a lock may go without one before it is taken away; much longer than {@code
 *     renewal}, and than the time for which a file system may show old times (a minute on NFS)
 * @param look time between two looks of one who waits
 * @param patience how long one waits for an owner that is alive; zero to be refused as soon as it
 *     gives a sign of life
 */
public record LockTimes(Duration renewal, Duration stale, Duration look, Duration patience) {
  /**
   * Of one who does not wait for a living owner, only for a dead one's lock to expire.
   *
   * @param expiry how long a lock may go without a sign of life
   */
  public static LockTimes refusing(Duration expiry) {
    Duration renewal = expiry.dividedBy(10);
    Duration look = renewal.compareTo(NORMAL.look()) < 0 ? renewal : NORMAL.look();
    return new LockTimes(renewal, expiry, look, Duration.ZERO);
  }

  /** For any file system. */
  public static final LockTimes NORMAL =
      new LockTimes(
          Duration.ofSeconds(5),
          Duration.ofMinutes(2),
          Duration.ofMillis(500),
          Duration.ofHours(6));
}
