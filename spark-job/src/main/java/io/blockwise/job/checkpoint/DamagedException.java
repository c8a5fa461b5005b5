package io.blockwise.job.checkpoint;

import io.blockwise.base.UserException;
import org.apache.hadoop.fs.Path;

/** A file of a checkpoint is not what was written. Immutable. */
final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DamagedException(Path file, String fact) {
    super(
        UserException.cannot(
                "resume from " + file,
                fact,
                "delete " + file.getParent() + " to resume from the checkpoint before")
            .getMessage());
  }
}
