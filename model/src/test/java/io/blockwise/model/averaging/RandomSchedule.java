package io.blockwise.model.averaging;

import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.LedgerMemento;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A ledger to which anything may happen: leases that open, end, are announced, retired and lost;
 * pushes of every kind, new ones and repeated ones, on bases that are old or new. The same random
 * numbers make the same events. Used by one thread.
 */
final class RandomSchedule {
  static final TensorTable STATISTICS =
      new TensorTable(
          List.of(
              new TensorTable.Entry("0.running_mean", List.of(1), 0),
              new TensorTable.Entry("0.running_var", List.of(1), 1)));

  private static final int WORKERS = 4;

  private final AveragingOptions options;
  private final boolean withTable;
  private final AtomicLong clock;
  private final BlockLedger ledger;

  /** Newest attempts of the workers; those that have only been announced have none. */
  private final Map<Integer, LeaseAttempt> attempts = new TreeMap<>();

  private final Map<Integer, Push> latest = new TreeMap<>();
  private final List<Integer> leased = new ArrayList<>();
  private long numbers;

  RandomSchedule(AveragingOptions options) {
    this(options, false, new AtomicLong(), 0);
  }

  /** One of a block with a {@link TableBlock table}. */
  static RandomSchedule withTable(AveragingOptions options) {
    return new RandomSchedule(options, true, new AtomicLong(), 0);
  }

  private RandomSchedule(
      AveragingOptions options, boolean withTable, AtomicLong clock, long numbers) {
    this.options = options;
    this.withTable = withTable;
    this.clock = clock;
    this.numbers = numbers;
    this.ledger = fresh();
  }

  private RandomSchedule(RandomSchedule of, LedgerMemento memento) {
    this.options = of.options;
    this.withTable = of.withTable;
    this.clock = new AtomicLong(of.clock.get());
    this.numbers = of.numbers;
    this.ledger = fresh().restored(memento);
  }

  private BlockLedger fresh() {
    if (withTable) {
      return Averaging.ledger(options, 1, TableBlock.sparse(1), clock::get);
    }
    BlockState start = BlockState.initial(new float[] {1, -2, 0.5f}, new float[] {0, 1});
    BlockLedger.Tensors tensors = new BlockLedger.Tensors(ArrayBlock.tensorsOf(2, 1), STATISTICS);
    return new BlockLedger(Averaging.RUN, 1, options, tensors, start, clock::get);
  }

  LedgerMemento memento() {
    return ledger.memento();
  }

  /** One that goes on from a memento of this one, with leases of numbers that follow. */
  RandomSchedule restoredFrom(LedgerMemento memento) {
    return new RandomSchedule(this, memento);
  }

  /** Ends all leases for good and at once, so that none completes the round of the others. */
  void endLeases() {
    leased.forEach(ledger::announce);
    for (int worker : leased) {
      LeaseAttempt newest = attempts.get(worker);
      ledger.retire(worker, newest == null ? Long.MIN_VALUE : newest.lease());
    }
    leased.clear();
    attempts.clear();
    latest.clear();
  }

  /** What the ledger answered, and where it stood, after every event. */
  List<Object> play(Random random, int events) {
    List<Object> seen = new ArrayList<>();
    for (int event = 0; event < events; event++) {
      clock.addAndGet(random.nextInt(20));
      seen.add(happens(random));
      seen.add(ledger.state());
      seen.add(ledger.counts());
      seen.add(ledger.gain());
    }
    return seen;
  }

  private Object happens(Random random) {
    int worker = random.nextInt(WORKERS);
    int kind = random.nextInt(40);
    boolean hasLease = leased.contains(worker) && attempts.containsKey(worker);
    if (kind == 0) {
      return announced(worker);
    }
    if (!hasLease) {
      return kind < 20 ? opened(worker) : "nothing";
    }
    return kind < 4 ? ended(worker, kind) : sent(worker, kind, random);
  }

  private Object announced(int worker) {
    ledger.announce(worker);
    attempts.remove(worker); // what it had is over
    enter(worker);
    return "announced";
  }

  private Reply opened(int worker) {
    attempts.put(worker, new LeaseAttempt(Averaging.RUN, worker, ++numbers, 1));
    latest.remove(worker);
    enter(worker);
    return ledger.open(attempts.get(worker));
  }

  private void enter(int worker) {
    if (!leased.contains(worker)) {
      leased.add(worker);
    }
  }

  private Object ended(int worker, int kind) {
    LeaseAttempt attempt = attempts.get(worker);
    if (kind == 1) {
      ledger.close(attempt);
    } else if (kind == 2) {
      ledger.retire(worker, attempt.lease());
    } else {
      ledger.lose(worker, attempt.lease());
    }
    leased.remove((Integer) worker);
    return "ended";
  }

  private Object sent(int worker, int kind, Random random) {
    Push push = latest.get(worker);
    if (push != null && kind < 6) {
      return ledger.push(push);
    }
    if (push != null && !ledger.fetch(question(push)).decides(push.sequence())) {
      return ledger.fetch(question(push));
    }
    Push next = next(attempts.get(worker), push == null ? 1 : push.sequence() + 1, kind, random);
    latest.put(worker, next);
    Reply reply = ledger.push(next);
    if (next.last()) {
      ledger.close(attempts.get(worker)); // whether or not it was settled
      leased.remove((Integer) worker);
    }
    return reply;
  }

  private static Fetch question(Push push) {
    return new Fetch(push.lease(), 1, push.sequence());
  }

  private Push next(LeaseAttempt lease, long sequence, int kind, Random random) {
    long base = Math.max(0, ledger.state().version() - random.nextInt(6));
    if (kind == 6) {
      return Push.pass(lease, 1, sequence, base);
    }
    RowNumbers rows = withTable ? rows(random) : RowNumbers.NONE;
    float[] values =
        withTable
            ? new float[TableBlock.BEFORE + TableBlock.BEHIND + rows.count() * TableBlock.WIDTH]
            : new float[3];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * (i == 1 ? 1e-3f : 1) - (i == 0 ? 0.5f : 0);
    }
    if (kind == 7) {
      values[1] = Float.NaN;
    }
    return new Push(
        lease,
        1,
        sequence,
        base,
        1 + random.nextInt(64),
        kind == 8 && options.copies() ? Push.Kind.COPY : Push.Kind.DELTA,
        kind == 9,
        Payload.of(Codec.FP32, values),
        FloatVector.copyOf(new float[] {random.nextFloat(), 1 + random.nextFloat()}),
        new Push.Timing(random.nextInt(100), 1 + random.nextInt(4), random.nextInt(50)),
        rows);
  }

  private static RowNumbers rows(Random random) {
    return RowNumbers.owning(
        random.ints(random.nextInt(6), 0, TableBlock.ROWS).sorted().distinct().toArray());
  }
}
