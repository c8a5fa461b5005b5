package io.blockwise.job.cluster;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.UserException;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Place;
import java.io.Serializable;

/** What a lease's task returns. A task that throws is tried again; one that returns is not. */
sealed interface LeaseOutcome extends Serializable {
  /**
   * The lease was trained to its end.
   *
   * @param notice what the user should know about the place, one line; empty if nothing
   */
  record Done(LeaseReport report, Place place, String notice) implements LeaseOutcome {}

  /**
   * It makes no sense to try again: the run has to end.
   *
   * @param usersFault whether the user has to fix something first
   */
  record Refused(String message, boolean usersFault) implements LeaseOutcome {
    RuntimeException exception() {
      return usersFault ? new UserException(message) : new RunFailedException(message);
    }
  }
}
