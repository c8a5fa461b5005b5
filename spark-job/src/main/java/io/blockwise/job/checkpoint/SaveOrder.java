package io.blockwise.job.checkpoint;

import java.io.Serializable;
import java.util.Objects;

/**
 * Asks a worker to write what it knows at the end of a lease, if that comes late enough. Immutable.
 *
 * @param directory of the checkpoint; empty to write nothing
 * @param afterNanos that the lease takes at least; of a shorter one nothing is written
 */
public record SaveOrder(String directory, long afterNanos) implements Serializable {
  /** Asks for nothing. */
  public static final SaveOrder NONE = new SaveOrder("", 0);

  public SaveOrder {
    Objects.requireNonNull(directory, "directory");
  }

  /** Whether a lease that took so long is to be followed by it. */
  boolean isDue(long nanos) {
    return !directory.isEmpty() && nanos >= afterNanos;
  }
}
