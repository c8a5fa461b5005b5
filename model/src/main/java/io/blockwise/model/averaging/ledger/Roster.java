package io.blockwise.model.averaging.ledger;

import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.rule.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The workers that a ledger has ever heard of, and which of them it counts on. A worker is a member
 * from its first lease until it is lost, or until twice as many pushes of others as there are
 * members have been accepted since its last lease ended: leases that end with an epoch and open
 * with the next change nothing. Used under the ledger's lock.
 */
final class Roster implements Members {
  private final Map<Integer, WorkerSlot> slots = new TreeMap<>();

  Roster() {}

  /** These workers, without leases. */
  Roster(List<LedgerMemento.Worker> workers) {
    workers.forEach(one -> slots.put(one.worker(), new WorkerSlot(one)));
  }

  /** All of them, by their numbers. */
  List<LedgerMemento.Worker> memento() {
    List<LedgerMemento.Worker> workers = new ArrayList<>();
    slots.forEach((worker, slot) -> workers.add(slot.memento(worker)));
    return workers;
  }

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
    return (int) slots.values().stream().filter(WorkerSlot::isMember).count();
  }

  @Override
  public long changes() {
    return slots.values().stream().mapToLong(WorkerSlot::membershipChanges).sum();
  }

  /** Times of a batch of the members whose speeds are known, ascending. */
  long[] stepNanos() {
    return slots.values().stream()
        .filter(slot -> slot.isMember() && slot.stepNanos() > 0)
        .mapToLong(WorkerSlot::stepNanos)
        .sorted()
        .toArray();
  }

  @Override
  public boolean contains(int worker) {
    WorkerSlot slot = slots.get(worker);
    return slot != null && slot.isMember();
  }

  @Override
  public int leases() {
    return (int) slots.values().stream().filter(WorkerSlot::isLeased).count();
  }

  /** Notes an accepted push: members that have had no lease for some time leave. */
  void accepted(int worker) {
    int most = 2 * count();
    slots.forEach(
        (other, slot) -> {
          if (other != worker) {
            slot.othersPushWasAccepted(most);
          }
        });
  }

  /** Settled examples of all workers. */
  long settledExamples() {
    return slots.values().stream().mapToLong(WorkerSlot::settledExamples).sum();
  }
}
