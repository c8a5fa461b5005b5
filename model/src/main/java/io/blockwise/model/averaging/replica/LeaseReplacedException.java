package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.LeaseAttempt;

/** The lease has ended or another attempt has it: its holder shall stop; nothing it does counts. */
public final class LeaseReplacedException extends IllegalStateException {
  LeaseReplacedException(LeaseAttempt lease, int block) {
    super(
        "Cannot go on with block "
            + block
            + ": "
            + lease
            + " has ended or been replaced (its work is done elsewhere)");
  }
}
