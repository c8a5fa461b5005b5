package io.blockwise.model.averaging;

import io.blockwise.base.InvalidValueException;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.AveragingOptions.Quorum;
import io.blockwise.model.averaging.AveragingOptions.Rule;
import io.blockwise.model.averaging.AveragingOptions.Staleness;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.engine.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/** What the tests of this package build again and again. */
public final class Averaging {
  public static final String RUN = "run";
  static final Outer NO_OUTER = Outer.NONE;
  static final Outer NESTEROV = new Outer(OuterOptimiser.NESTEROV, 0.9, 0.7);
  static final Outer SGD = new Outer(OuterOptimiser.SGD, 0.5, 0.3);
  static final Outer RDA = new Outer(OuterOptimiser.RDA, 0, 1);

  /** Never used up by a test that passes; ends one that would hang. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Staleness ANY = new Staleness(1e9);

  private Averaging() {}

  public static AveragingOptions average(int period) {
    return average(period, Codec.FP32, 1e9);
  }

  static AveragingOptions average(int period, Codec codec, double stalenessMax) {
    return average(period, codec, stalenessMax, Gain.NONE);
  }

  /** Rule {@code average} with the gain that keeps the norm. */
  static AveragingOptions norm(int period) {
    return average(period, Codec.FP32, 1e9, Gain.NORM);
  }

  static AveragingOptions average(int period, Codec codec, double stalenessMax, Gain gain) {
    return average(period, codec, stalenessMax, gain, 0);
  }

  static AveragingOptions average(
      int period, Codec codec, double stalenessMax, Gain gain, double anticipation) {
    return new AveragingOptions(
        Rule.AVERAGE,
        period,
        false,
        codec,
        new Staleness(stalenessMax),
        Quorum.ALL,
        NO_OUTER,
        gain,
        anticipation);
  }

  /** Every push on its own, of slower workers after fewer steps. */
  static AveragingOptions bySpeed(int period, double stalenessMax) {
    return new AveragingOptions(
        Rule.AVERAGE,
        period,
        true,
        Codec.FP32,
        new Staleness(stalenessMax),
        Quorum.ALL,
        NO_OUTER,
        Gain.NONE,
        0);
  }

  public static AveragingOptions lockStep(int period) {
    return lockStep(period, NO_OUTER);
  }

  public static AveragingOptions lockStep(int period, Outer outer) {
    return new AveragingOptions(
        Rule.QUORUM, period, false, Codec.FP32, ANY, Quorum.ALL, outer, Gain.NONE, 0);
  }

  static AveragingOptions quorum(int period, int size, Duration maxWait) {
    return quorum(period, size, maxWait, ANY.max(), NO_OUTER);
  }

  public static AveragingOptions quorum(
      int period, int size, Duration maxWait, double stalenessMax, Outer outer) {
    return new AveragingOptions(
        Rule.QUORUM,
        period,
        false,
        Codec.FP32,
        new Staleness(stalenessMax),
        new Quorum(size, QuorumWait.of(maxWait), 1),
        outer,
        Gain.NONE,
        0);
  }

  static AveragingOptions delayed(int period, double stalenessMax) {
    return new AveragingOptions(
        Rule.AVERAGE,
        period,
        false,
        Codec.FP32,
        new Staleness(stalenessMax),
        Quorum.ALL,
        new Outer(OuterOptimiser.DELAYED, 0, 1),
        Gain.NONE,
        0);
  }

  static AveragingOptions grace(int period, double gamma) {
    Quorum quorum = new Quorum(0, QuorumWait.GRACE, gamma);
    return new AveragingOptions(
        Rule.QUORUM, period, false, Codec.FP32, ANY, quorum, NO_OUTER, Gain.NONE, 0);
  }

  static AveragingOptions elastic(int period, double stalenessMax) {
    return elastic(period, Codec.FP32, stalenessMax);
  }

  static AveragingOptions elastic(int period, Codec codec, double stalenessMax) {
    return new AveragingOptions(
        Rule.ELASTIC,
        period,
        false,
        codec,
        new Staleness(stalenessMax),
        Quorum.ALL,
        NO_OUTER,
        Gain.NONE,
        0);
  }

  /** All rules with everything that belongs to them; some drop what is stale soon. */
  public static List<AveragingOptions> everyRule() {
    return everyRule(1);
  }

  static List<AveragingOptions> everyRule(int period) {
    Duration soon = Duration.ofNanos(40);
    return List.of(
        average(period),
        average(period, Codec.FP32, 0.8),
        bySpeed(8 * period, 0.8),
        norm(period),
        average(period, Codec.FP32, 2.5, Gain.NORM),
        lockStep(period),
        lockStep(period, NESTEROV),
        lockStep(period, SGD),
        quorum(period, 2, soon),
        grace(period, 0.5),
        quorum(period, 2, soon, 3, NESTEROV),
        quorum(period, 2, soon, 1e9, RDA),
        delayed(period, 1e9),
        delayed(period, 2.5),
        elastic(period, 1e9),
        elastic(period, 0.8));
  }

  /** Those of them that fold rows of a table. */
  static List<AveragingOptions> everyRuleForTables() {
    return everyRule().stream().filter(Averaging::foldsRows).toList();
  }

  private static boolean foldsRows(AveragingOptions options) {
    try {
      options.requireFitFor(TableBlock.tensors(true));
      return true;
    } catch (InvalidValueException e) {
      return false;
    }
  }

  static BlockLedger ledger(AveragingOptions options, int number, Block initial) {
    return ledger(options, number, initial, System::nanoTime);
  }

  static BlockLedger ledger(
      AveragingOptions options, int number, Block initial, LongSupplier nanoClock) {
    return new BlockLedger(
        RUN,
        number,
        options,
        new BlockLedger.Tensors(initial.parameters(), initial.statistics()),
        BlockState.initial(initial),
        nanoClock);
  }

  /** A ledger of block 1 with these values and no statistics. */
  static BlockLedger ledger(AveragingOptions options, float... values) {
    CountingBlock block = new CountingBlock(values.length);
    System.arraycopy(values, 0, block.parameters, 0, values.length);
    return ledger(options, 1, block);
  }

  static List<BlockLedger> ledgers(AveragingOptions options, List<? extends Block> initial) {
    List<BlockLedger> ledgers = new ArrayList<>();
    for (Block block : initial) {
      ledgers.add(ledger(options, ledgers.size() + 1, block));
    }
    return ledgers;
  }

  public static LeaseAttempt lease(int worker) {
    return new LeaseAttempt(RUN, worker, 1, 1);
  }

  public static Push delta(int worker, long sequence, long base, float... values) {
    return push(lease(worker), sequence, base, 1, Push.Kind.DELTA, values);
  }

  /** A difference from version 0 of a worker that has measured itself. */
  static Push timed(int worker, Push.Timing timing, float... values) {
    return timed(worker, 1, timing, values);
  }

  static Push timed(int worker, long sequence, Push.Timing timing, float... values) {
    return new Push(
        lease(worker),
        1,
        sequence,
        0,
        1,
        Push.Kind.DELTA,
        false,
        Payload.of(Codec.FP32, values),
        FloatVector.EMPTY,
        timing,
        RowNumbers.NONE);
  }

  static Push copy(int worker, long sequence, long base, float... values) {
    return push(lease(worker), sequence, base, 1, Push.Kind.COPY, values);
  }

  static Push push(
      LeaseAttempt lease,
      long sequence,
      long base,
      long examples,
      Push.Kind kind,
      float... values) {
    return new Push(
        lease,
        1,
        sequence,
        base,
        examples,
        kind,
        false,
        Payload.of(Codec.FP32, values),
        FloatVector.EMPTY);
  }

  static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }
}
