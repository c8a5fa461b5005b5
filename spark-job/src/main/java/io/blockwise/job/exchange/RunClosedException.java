package io.blockwise.job.exchange;

/** The run has ended, or this application never had it: there are no ledgers to speak to. */
public final class RunClosedException extends IllegalStateException {
  RunClosedException(String run, Status status) {
    super(
        "Cannot exchange parameters of run "
            + run
            + ": "
            + (status == Status.CLOSED ? "it has ended" : "the driver does not know it"));
  }
}
