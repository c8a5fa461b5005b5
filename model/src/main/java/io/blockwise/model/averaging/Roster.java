package io.blockwise.model.averaging;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The workers that a ledger has ever heard of. Used under the ledger's lock. */
final class Roster implements LiveWorkers {
  private final Map<Integer, WorkerSlot> slots = new TreeMap<>();

  /** The worker's slot; a new one if it is heard of for the first time. */
  WorkerSlot enter(int worker) {
    return slots.computeIfAbsent(worker, unused -> new WorkerSlot());
  }

  /** The slot of a worker whose newest attempt this is. */
  Optional<WorkerSlot> holder(LeaseAttempt attempt) {
    return Optional.ofNullable(slots.get(attempt.worker())).filter(slot -> slot.holds(attempt));
  }

  @Override
  public int count() {
    return (int) slots.values().stream().filter(WorkerSlot::isLive).count();
  }

  @Override
  public boolean contains(int worker) {
    WorkerSlot slot = slots.get(worker);
    return slot != null && slot.isLive();
  }

  /** Settled examples of all workers. */
  long settledExamples() {
    return slots.values().stream().mapToLong(WorkerSlot::settledExamples).sum();
  }
}
