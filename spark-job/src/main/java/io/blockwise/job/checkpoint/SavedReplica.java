package io.blockwise.job.checkpoint;

import java.io.Serializable;

/**
 * What a worker has written at the end of a lease. Immutable.
 *
 * @param directory of the checkpoint; empty if nothing was written
 * @param problem why nothing was written although it was due, one line; empty if all is well
 * @param nanos that it took
 */
public record SavedReplica(String directory, SavedFile file, String problem, long nanos)
    implements Serializable {
  /** Nothing was due. */
  public static final SavedReplica NONE = none("", 0);

  static SavedReplica none(String problem, long nanos) {
    return new SavedReplica("", new SavedFile("none", 0, ""), problem, nanos);
  }

  /** The same where its checkpoint lies now. */
  public SavedReplica in(String place) {
    return new SavedReplica(place, file, problem, nanos);
  }

  /** Whether there is a file. */
  public boolean isThere() {
    return !directory.isEmpty();
  }
}
