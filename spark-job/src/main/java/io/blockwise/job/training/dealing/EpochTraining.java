package io.blockwise.job.training.dealing;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.tape.Dealing;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One epoch: hands shards to workers, lease by lease, until every shard was trained by somebody who
 * lived to report it. Used by the driver's thread.
 */
public final class EpochTraining {
  private static final Duration GLANCE = Duration.ofMillis(200);

  private final Settings settings;
  private final int epoch;
  private final TrainedBlocks trained;
  private final List<BlockLedger> ledgers;
  private final Workers workers;
  private final LeaseBook book;
  private final Dealing dealing;
  private final Tape tape;
  private final LeaseSize size;
  private final boolean inRounds;
  private final Set<Integer> running = new TreeSet<>();
  private int mostRunning;
  private final Map<Integer, LeaseReport> reports = new HashMap<>();
  private final Map<String, PlaceFigures> places = new HashMap<>();

  /** An epoch of these blocks and shards, none of which is dealt yet. */
  public EpochTraining(
      Settings settings,
      int epoch,
      TrainedBlocks trained,
      List<Shard> shards,
      List<BlockLedger> ledgers,
      Workers workers,
      LeaseBook book,
      Tape tape) {
    this.settings = settings;
    this.epoch = epoch;
    this.trained = trained;
    this.ledgers = ledgers;
    this.workers = workers;
    this.book = book;
    inRounds = settings.isDeterministic();
    int count = settings.workers().count();
    int shares = inRounds ? count : Math.max(1, Math.min(count, workers.available()));
    this.tape = tape;
    dealing =
        tape.dealing(epoch, shards)
            .orElseGet(() -> new EpochDealing(shards, shares, settings.seed(), epoch, inRounds));
    size = new LeaseSize(inRounds ? 0 : settings.lease().seconds());
  }

  /**
   * Trains until no shard is left.
   *
   * @param meanwhile called every fifth of a second
   * @param lost hears of every lease that has to be dealt again
   */
  public LeaseReport run(Runnable meanwhile, Consumer<LeaseEnd.Lost> lost)
      throws InterruptedException {
    startLeases();
    while (!running.isEmpty() || !dealing.isEmpty()) {
      for (LeaseEnd end : workers.poll(GLANCE)) {
        ended(end, lost);
      }
      startLeases();
      meanwhile.run();
    }
    return reports.values().stream().reduce(LeaseReport.none(ledgers.size()), LeaseReport::plus);
  }

  /** Workers that have a lease at present. */
  public int running() {
    return running.size();
  }

  /** Workers that have had a lease at the same time, at most. */
  public int mostRunning() {
    return mostRunning;
  }

  /** Batches for every push of a block, on average, by the number of the worker, from 1. */
  public SortedMap<Integer, Double> effectivePeriods() {
    SortedMap<Integer, Double> periods = new TreeMap<>();
    reports.forEach((worker, report) -> periods.put(worker + 1, report.effectivePeriod()));
    return periods;
  }

  /** Who trained how much, by process. */
  public List<PlaceFigures> places() {
    return List.copyOf(places.values());
  }

  // In lock-step, one that joins between two pushes of another would wait for it at one block while
  // it is waited for at the next: for ever.
  private void startLeases() {
    if (inRounds && !running.isEmpty()) {
      return;
    }
    List<Lease> leases = new ArrayList<>();
    for (int worker = 0; worker < settings.workers().count(); worker++) {
      if (!running.contains(worker) && running.size() < workers.available()) {
        List<Shard> shards = dealing.take(worker, shards(worker), workers.cached(worker));
        if (!shards.isEmpty()) {
          leases.add(book.next(worker, epoch, trained, shards));
          running.add(worker);
        }
      }
    }
    // In lock-step none may run ahead of one that is about to start.
    if (!leases.isEmpty()) {
      tape.dealt(leases, () -> leases.forEach(this::announce));
      leases.forEach(workers::start);
      mostRunning = Math.max(mostRunning, running.size());
    }
  }

  private void announce(Lease lease) {
    ledgers.forEach(ledger -> ledger.announce(lease.worker()));
  }

  private int shards(int worker) {
    return size.shards(reports.getOrDefault(worker, LeaseReport.none(ledgers.size())));
  }

  private void ended(LeaseEnd end, Consumer<LeaseEnd.Lost> lost) {
    Lease lease = end.lease();
    running.remove(lease.worker());
    long number = lease.attempt().lease();
    if (end instanceof LeaseEnd.Done done) {
      tape.ended(end, () -> ledgers.forEach(ledger -> ledger.retire(lease.worker(), number)));
      reports.merge(lease.worker(), done.report(), LeaseReport::plus);
      PlaceFigures figures = PlaceFigures.of(done.place(), done.report());
      places.merge(done.place().executor(), figures, PlaceFigures::plus);
      size.observed(lease.shards());
    }
    if (end instanceof LeaseEnd.Lost failed) {
      tape.ended(end, () -> ledgers.forEach(ledger -> ledger.lose(lease.worker(), number)));
      dealing.giveBack(lease.shards());
      lost.accept(failed);
    }
    book.ended(end);
  }
}
