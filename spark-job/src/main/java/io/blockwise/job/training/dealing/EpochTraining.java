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
import java.util.SortedMap;
import java.util.TreeMap;

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
  private final LeaseBorders borders;
  private final boolean inRounds;
  private final SortedMap<Integer, Lease> running = new TreeMap<>();
  private final Map<Integer, Long> begun = new HashMap<>();
  private int mostRunning;
  private final Map<Integer, LeaseReport> reports = new HashMap<>();
  private final Map<String, PlaceFigures> places = new HashMap<>();

  private final long start = System.nanoTime();
  private final long nanosBefore;
  private final long lostBefore;

  /** Hears of leases. */
  public interface LeaseEnds {
    /** A lease has ended that long after it was dealt. */
    void ended(LeaseEnd end, Duration took);
  }

  /** An epoch of these blocks and shards, none of which is dealt yet. */
  public EpochTraining(
      Settings settings,
      int epoch,
      TrainedBlocks trained,
      List<Shard> shards,
      List<BlockLedger> ledgers,
      Workers workers,
      LeaseBook book,
      LeaseBorders borders,
      Tape tape) {
    this.settings = settings;
    this.epoch = epoch;
    this.trained = trained;
    this.ledgers = ledgers;
    this.workers = workers;
    this.book = book;
    this.borders = borders;
    this.tape = tape;
    inRounds = settings.isDeterministic();
    int count = settings.workers().count();
    int shares = inRounds ? count : Math.max(1, Math.min(count, workers.available()));
    dealing =
        tape.dealing(epoch, shards)
            .orElseGet(() -> new EpochDealing(shards, shares, settings.seed(), epoch, inRounds));
    size = new LeaseSize(seconds());
    nanosBefore = 0;
    lostBefore = book.lost();
  }

  /** The rest of an epoch. */
  public EpochTraining(
      Settings settings,
      EpochSoFar before,
      List<BlockLedger> ledgers,
      Workers workers,
      LeaseBook book,
      LeaseBorders borders) {
    this.settings = settings;
    this.epoch = before.epoch();
    this.trained = before.trained();
    this.ledgers = ledgers;
    this.workers = workers;
    this.book = book;
    this.borders = borders;
    tape = Tape.NONE;
    inRounds = settings.isDeterministic();
    dealing = new EpochDealing(before.rest(), inRounds);
    size = new LeaseSize(seconds(), before.size());
    reports.putAll(before.reports());
    places.putAll(before.places());
    mostRunning = before.mostRunning();
    nanosBefore = before.nanos();
    lostBefore = book.lost() - before.lost();
  }

  private int seconds() {
    return inRounds ? 0 : settings.lease().seconds();
  }

  /**
   * Trains until no shard is left.
   *
   * @param meanwhile called every fifth of a second
   * @param heard hears of every lease that has ended, those that have to be dealt again among them
   */
  public LeaseReport run(Runnable meanwhile, LeaseEnds heard) throws InterruptedException {
    startLeases();
    while (!running.isEmpty() || !dealing.isEmpty()) {
      List<LeaseEnd> ends = workers.poll(GLANCE);
      for (LeaseEnd end : ends) {
        ended(end, heard);
      }
      if (!ends.isEmpty()) {
        borders.reached(running.keySet(), this::soFar);
      }
      startLeases();
      meanwhile.run();
    }
    return reports.values().stream().reduce(LeaseReport.none(ledgers.size()), LeaseReport::plus);
  }

  private EpochSoFar soFar() {
    List<Shard> open = running.values().stream().flatMap(l -> l.shards().stream()).toList();
    return new EpochSoFar(
        epoch,
        trained,
        ((EpochDealing) dealing).rest(open), // a tape is not kept
        size.seen(),
        reports,
        places,
        mostRunning,
        nanos(),
        lost());
  }

  /** Time that it has taken so far. */
  public long nanos() {
    return nanosBefore + System.nanoTime() - start;
  }

  /** Leases that were lost so far. */
  public long lost() {
    return book.lost() - lostBefore;
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
      if (!running.containsKey(worker) && running.size() < workers.available()) {
        List<Shard> shards = dealing.take(worker, shards(worker), workers.cached(worker));
        if (!shards.isEmpty()) {
          Lease lease = book.next(worker, epoch, trained, shards, borders.order(worker));
          leases.add(lease);
          running.put(worker, lease);
          begun.put(worker, System.nanoTime());
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

  private void ended(LeaseEnd end, LeaseEnds heard) {
    Lease lease = end.lease();
    running.remove(lease.worker());
    long number = lease.attempt().lease();
    Duration took = Duration.ofNanos(System.nanoTime() - begun.remove(lease.worker()));
    if (end instanceof LeaseEnd.Done done) {
      tape.ended(end, () -> ledgers.forEach(ledger -> ledger.retire(lease.worker(), number)));
      reports.merge(lease.worker(), done.report(), LeaseReport::plus);
      PlaceFigures figures = PlaceFigures.of(done.place(), done.report());
      places.merge(done.place().executor(), figures, PlaceFigures::plus);
      size.observed(lease.shards());
    }
    if (end instanceof LeaseEnd.Lost) {
      tape.ended(end, () -> ledgers.forEach(ledger -> ledger.lose(lease.worker(), number)));
      dealing.giveBack(lease.shards());
    }
    heard.ended(end, took);
    book.ended(end);
    borders.ended(end);
  }
}
