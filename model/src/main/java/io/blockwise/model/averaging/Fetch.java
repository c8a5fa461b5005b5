package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.requireAtLeast;

import java.util.Objects;

/**
 * Asks for the newest value of a block. Immutable.
 *
 * @param block number of the block, at least 1
 * @param sequence number of the push whose fate the worker wants to know; 0 if it only wants the
 *     newest value
 */
public record Fetch(LeaseAttempt lease, int block, long sequence) {
  public Fetch {
    Objects.requireNonNull(lease, "lease");
    requireAtLeast("block", block, 1);
  }
}
