package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.Push;
import java.time.Duration;

/** A push was not settled in the time that the worker was told to wait for it. */
public final class NotSettledException extends IllegalStateException {
  NotSettledException(Push push, int members, Duration waited) {
    super(
        "Cannot settle "
            + push
            + ": not decided within "
            + waited.toMillis() / 1000.0
            + " s with "
            + members
            + " workers (does one of them hang, or has it died without ending its lease?)");
  }
}
