package io.blockwise.model.network;

import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.exits.Said;
import io.blockwise.model.exits.Temperatures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Answers batches of rows, each at the block at which a rule lets it leave. What has left is
 * computed no more: blocks read the rows that stay, which wait before the next block until those of
 * several batches are as many as a batch has (methods 2g). Exactly as many go on then: libraries
 * prepare themselves for every number of rows that they have not seen.
 *
 * <p>An answer does not depend on what a row is computed together with, but for the rounding of
 * floats. Used by the network's thread.
 */
public final class AdaptiveWalk implements AutoCloseable {
  private final DecoupledNetwork network;
  private final ExitRule rule;
  private final Temperatures temperatures;
  private final int most;
  private final Consumer<Answered> answers;
  private final int last;
  private final List<Pool> pools;
  private final long[] computed;

  /**
   * @param temperatures of the network's exits
   * @param most rows of a batch; as many wait before a block at most
   * @param answers hears of every row once, in the order in which they leave
   * @throws io.blockwise.base.InvalidValueException if the rule names a block that there is not
   */
  public AdaptiveWalk(
      DecoupledNetwork network,
      ExitRule rule,
      Temperatures temperatures,
      int most,
      Consumer<Answered> answers) {
    this(network, rule, temperatures, most, network.blocks().size(), answers);
  }

  /**
   * The same of rows that lack what a later block reads: the last block that they reach answers
   * those that have not left before.
   *
   * @param reach blocks that they reach, at least 1; as {@link
   *     io.blockwise.model.spec.NetworkSpec#reach} has it
   */
  public AdaptiveWalk(
      DecoupledNetwork network,
      ExitRule rule,
      Temperatures temperatures,
      int most,
      int reach,
      Consumer<Answered> answers) {
    int blocks = network.blocks().size();
    this.network = network;
    this.rule = rule;
    this.temperatures = temperatures;
    this.most = requireAtLeast("batch size", most, 1);
    this.answers = answers;
    this.last = Math.min(rule.last(blocks), requireWithin("reach", reach, 1, blocks));
    this.pools = IntStream.range(0, last).mapToObj(k -> new Pool()).toList();
    this.computed = new long[blocks];
  }

  /** A row on its way. */
  private static final class Row {
    private final long number;
    private Said before;
    private int agreed;
    private boolean left;

    Row(long number) {
      this.number = number;
    }
  }

  /** Rows that wait before a block. */
  private static final class Pool {
    private final List<Signal> signals = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    /** The first of them, at most so many, in one signal, which the caller closes. */
    Signal take(int most) {
      Signal all = joined();
      if (rows.size() <= most) {
        return all;
      }
      try (all) {
        signals.add(all.select(IntStream.range(most, rows.size()).toArray()));
        return all.select(IntStream.range(0, most).toArray());
      }
    }

    /** All that wait in one signal, which the caller closes. */
    private Signal joined() {
      Signal first = signals.get(0);
      List<Signal> others = List.copyOf(signals.subList(1, signals.size()));
      signals.clear();
      if (others.isEmpty()) {
        return first;
      }
      try {
        return first.joined(others);
      } finally {
        first.close();
        others.forEach(Signal::close);
      }
    }
  }

  /**
   * Computes a batch as far as it fills blocks; the rest follows with later ones or at the end.
   *
   * @param numbers of the batch's rows, by which answers name them
   */
  public void add(Batch batch, long[] numbers) {
    List<Row> rows = IntStream.range(0, batch.rows()).mapToObj(i -> new Row(numbers[i])).toList();
    go(0, network.signal(batch), rows);
    for (int k = 1; k < last; k++) {
      while (pools.get(k).rows.size() >= most) {
        goOn(k);
      }
    }
  }

  /** Answers the rows that still wait. */
  public void finish() {
    for (int k = 1; k < last; k++) {
      while (!pools.get(k).rows.isEmpty()) {
        goOn(k);
      }
    }
  }

  /** Rows that every block, first to last, has computed so far. */
  public List<Long> computed() {
    return IntStream.range(0, computed.length).mapToObj(k -> computed[k]).toList();
  }

  private void goOn(int block) {
    Pool pool = pools.get(block);
    Signal signal = pool.take(most);
    List<Row> first = pool.rows.subList(0, Math.min(most, pool.rows.size()));
    List<Row> rows = List.copyOf(first);
    first.clear();
    go(block, signal, rows);
  }

  /** Computes a block, by its index, and lets rows leave; the signal is taken over. */
  private void go(int block, Signal in, List<Row> rows) {
    Signal out;
    try (in) {
      out = network.blocks().get(block).forward(in);
    }
    computed[block] += rows.size();
    boolean done = block == last - 1;
    try {
      if (done || rule.asks(block + 1, network.blocks().size())) {
        decide(block, network.scores(block, out), rows, done);
      }
    } catch (RuntimeException | Error e) {
      out.close();
      throw e;
    }
    if (done) {
      out.close();
    } else {
      pass(block + 1, out, rows);
    }
  }

  private void decide(int block, float[] scores, List<Row> rows, boolean done) {
    int classes = scores.length / rows.size();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      Said said = Said.of(scores, i, classes, temperatures.of(block));
      row.agreed = row.before != null && rule.agree(row.before, said) ? row.agreed + 1 : 0;
      row.before = said;
      if (done || rule.leaves(said, row.agreed)) {
        row.left = true;
        answers.accept(new Answered(row.number, block + 1, said));
      }
    }
  }

  private void pass(int block, Signal signal, List<Row> rows) {
    int[] staying = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).left).toArray();
    if (staying.length == rows.size()) {
      wait(block, signal, rows);
      return;
    }
    try (signal) {
      if (staying.length > 0) {
        List<Row> theirs = IntStream.of(staying).mapToObj(rows::get).toList();
        wait(block, signal.select(staying), theirs);
      }
    }
  }

  private void wait(int block, Signal signal, List<Row> rows) {
    Pool pool = pools.get(block);
    pool.signals.add(signal);
    pool.rows.addAll(rows);
  }

  /** Lets go of rows that wait, without an answer. */
  @Override
  public void close() {
    pools.forEach(pool -> pool.signals.forEach(Signal::close));
    pools.forEach(pool -> pool.signals.clear());
  }
}
