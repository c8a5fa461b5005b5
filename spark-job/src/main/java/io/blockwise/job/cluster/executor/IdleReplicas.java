package io.blockwise.job.cluster.executor;

import io.blockwise.model.averaging.ReplyLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of an executor that nobody uses at present. Whoever takes one has it alone, and
 * gives it back or closes it. Thread-safe.
 */
final class IdleReplicas {
  private static final Logger LOG = LoggerFactory.getLogger(IdleReplicas.class);

  /** A worker of a run. */
  record Slot(String run, int worker) {}

  /** A replica that was taken, and where it belongs. */
  record Taken(Slot slot, Replica replica) {}

  /** Whether a run goes on. */
  interface OpenRuns {
    /**
     * Asks the driver.
     *
     * @throws ReplyLostException if it does not answer, or cannot say
     */
    boolean isOpen(String run) throws InterruptedException;
  }

  private record Entry(Replica replica, Duration longestIdle) {}

  private final Map<Slot, Entry> idle = new HashMap<>();

  /** This worker's replica, if there is one. */
  synchronized Optional<Replica> take(Slot slot) {
    return Optional.ofNullable(idle.remove(slot)).map(Entry::replica);
  }

  /** Any replica of a run, if there is one. */
  synchronized Optional<Taken> takeAny(String run) {
    Optional<Slot> any = idle.keySet().stream().filter(slot -> slot.run.equals(run)).findAny();
    return any.map(slot -> new Taken(slot, idle.remove(slot).replica));
  }

  /**
   * Has a replica wait for its next lease.
   *
   * @param longestIdle time after which it is closed if nobody has taken it
   */
  synchronized void keep(Slot slot, Replica replica, Duration longestIdle) {
    Entry before = idle.put(slot, new Entry(replica, longestIdle));
    if (before != null) {
      before.replica.close();
    }
  }

  /** Runs that have a replica here. */
  synchronized Set<String> runs() {
    Set<String> runs = new TreeSet<>();
    idle.keySet().forEach(slot -> runs.add(slot.run));
    return runs;
  }

  /**
   * Closes what belongs to runs that are over, and what nobody has taken for too long. A run that
   * the driver does not speak of now is looked at the next time.
   *
   * @param runs to ask about
   * @return those of them that are over
   */
  List<String> evict(Set<String> runs, OpenRuns driver) throws InterruptedException {
    List<String> over = new ArrayList<>();
    for (String run : runs) {
      boolean open = true;
      try {
        open = driver.isOpen(run);
      } catch (RuntimeException e) {
        LOG.debug("Cannot say whether run {} is open", run, e);
      }
      if (!open) {
        over.add(run);
      }
      close(run, open);
    }
    return over;
  }

  private synchronized void close(String run, boolean open) {
    for (Iterator<Map.Entry<Slot, Entry>> each = idle.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<Slot, Entry> one = each.next();
      Entry entry = one.getValue();
      if (one.getKey().run.equals(run)
          && (!open || entry.replica.idleNanos() >= entry.longestIdle.toNanos())) {
        each.remove();
        entry.replica.close();
      }
    }
  }
}
