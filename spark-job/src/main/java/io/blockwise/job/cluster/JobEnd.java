package io.blockwise.job.cluster;

import java.util.Optional;

/**
 * How a job of one task has ended. Immutable.
 *
 * @param result empty if it is lost
 * @param loss why it is; empty if it is not
 */
record JobEnd<T>(Optional<T> result, String loss) {
  static <T> JobEnd<T> done(T result) {
    return new JobEnd<>(Optional.of(result), "");
  }

  static <T> JobEnd<T> lost(String reason) {
    return new JobEnd<>(Optional.empty(), reason);
  }
}
