package io.blockwise.job.exchange;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Outer;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.AveragingOptions.Rule;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.QuorumWait;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Ledgers without networks, and pushes for them. */
public final class Ledgers {
  /** Means and variances of two channels. */
  static final int STATISTICS = 4;

  /** Names the statistics. */
  static final TensorTable TABLE =
      new TensorTable(
          List.of(
              new TensorTable.Entry("layers.0.running_mean", List.of(2), 0),
              new TensorTable.Entry("layers.0.running_var", List.of(2), 2)));

  private Ledgers() {}

  /** Every push on its own. */
  public static AveragingOptions average() {
    return options(Rule.AVERAGE, Codec.FP32);
  }

  /** Rounds of all workers. */
  public static AveragingOptions lockStep() {
    return options(Rule.QUORUM, Codec.FP32);
  }

  /** Rounds of all workers that wait as long as that holds up nobody. */
  public static AveragingOptions grace() {
    return options(Rule.QUORUM, Codec.FP32, new AveragingOptions.Quorum(0, QuorumWait.GRACE, 1));
  }

  /** The same with a push after so many batches. */
  static AveragingOptions every(int period, AveragingOptions one) {
    return new AveragingOptions(
        one.rule(),
        period,
        one.periodBySpeed(),
        one.codec(),
        one.staleness(),
        one.quorum(),
        one.outer(),
        one.gain(),
        one.anticipation());
  }

  /** Every push on its own, of slower workers after fewer than 8 batches. */
  public static AveragingOptions bySpeed() {
    AveragingOptions one = average();
    return new AveragingOptions(
        one.rule(),
        8,
        true,
        one.codec(),
        one.staleness(),
        one.quorum(),
        one.outer(),
        one.gain(),
        0);
  }

  private static AveragingOptions options(Rule rule, Codec codec) {
    return options(rule, codec, AveragingOptions.Quorum.ALL);
  }

  private static AveragingOptions options(Rule rule, Codec codec, AveragingOptions.Quorum quorum) {
    return new AveragingOptions(
        rule,
        1,
        false,
        codec,
        new AveragingOptions.Staleness(1e9),
        quorum,
        new Outer(OuterOptimiser.NONE, 0, 1),
        AveragingOptions.Gain.NONE,
        0);
  }

  /** One ledger for every length, at zero. */
  public static List<BlockLedger> zeros(String run, AveragingOptions options, int... lengths) {
    return zeros(run, options, System::nanoTime, lengths);
  }

  /** The same with a clock of the test's own, in nanoseconds. */
  public static List<BlockLedger> zeros(
      String run, AveragingOptions options, LongSupplier clock, int... lengths) {
    List<BlockLedger> ledgers = new ArrayList<>();
    for (int length : lengths) {
      BlockState zero = new BlockState(0, filled(length, 0), statistics(0));
      ledgers.add(new BlockLedger(run, ledgers.size() + 1, options, tensors(length), zero, clock));
    }
    return ledgers;
  }

  /** The ledger of a first block with a table, as the others have it. */
  static BlockLedger withTable(String run, AveragingOptions options, int rows, int width) {
    return withTable(run, 1, options, rows, width);
  }

  /** A ledger of a block with a table between two and three other values, with a value each. */
  static BlockLedger withTable(
      String run, int block, AveragingOptions options, int rows, int width) {
    TensorTable tensors = tensorsWithTable(rows, width);
    float[] parameters = new float[tensors.length()];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = 1f / (1 + i);
    }
    return new BlockLedger(
        run,
        block,
        options,
        new BlockLedger.Tensors(tensors, TABLE),
        BlockState.initial(tensors, parameters, statistics(0).toArray()),
        System::nanoTime);
  }

  /** The tensors of such a block. */
  static TensorTable tensorsWithTable(int rows, int width) {
    return new TensorTable(
        List.of(
            new TensorTable.Entry("layers.0.bias", List.of(2), 0),
            new TensorTable.Entry("layers.1.weight", List.of(rows, width), 2, true),
            new TensorTable.Entry("exit.weight", List.of(3), 2 + rows * width)));
  }

  /** A push of rows of the first block, all of whose values are the same. */
  static Push rows(
      LeaseAttempt lease,
      long sequence,
      long base,
      Push.Kind kind,
      Codec codec,
      int width,
      float value,
      int... rows) {
    return rows(lease, 1, sequence, base, kind, codec, width, value, rows);
  }

  /** A push of rows of such a block, all of whose values are the same. */
  static Push rows(
      LeaseAttempt lease,
      int block,
      long sequence,
      long base,
      Push.Kind kind,
      Codec codec,
      int width,
      float value,
      int... rows) {
    float[] values = new float[5 + rows.length * width];
    Arrays.fill(values, value);
    return new Push(
        lease,
        block,
        sequence,
        base,
        10,
        kind,
        false,
        Payload.of(codec, values),
        statistics(sequence),
        Push.Timing.UNKNOWN,
        RowNumbers.owning(rows));
  }

  /** One of that many values, and the statistics of a batch norm. */
  static BlockLedger.Tensors tensors(int length) {
    return new BlockLedger.Tensors(
        new TensorTable(List.of(new TensorTable.Entry("layers.0.weight", List.of(length), 0))),
        TABLE);
  }

  /** Counts of all ledgers together. */
  static PushCounts counts(List<BlockLedger> ledgers) {
    return ledgers.stream().map(BlockLedger::counts).reduce(PushCounts.NONE, PushCounts::plus);
  }

  static Push delta(LeaseAttempt lease, int block, long sequence, long base, FloatVector values) {
    return push(lease, block, sequence, base, Push.Kind.DELTA, Codec.FP32, values);
  }

  static Push push(
      LeaseAttempt lease,
      int block,
      long sequence,
      long base,
      Push.Kind kind,
      Codec codec,
      FloatVector values) {
    return new Push(
        lease,
        block,
        sequence,
        base,
        10,
        kind,
        false,
        Payload.of(codec, values.toArray()),
        statistics(sequence));
  }

  /** No difference, of a worker that has measured itself, for the first ledger of length 3. */
  public static Push timed(LeaseAttempt lease, long sequence, long base, Push.Timing timing) {
    return timed(lease, sequence, base, timing, filled(3, 0));
  }

  /** The difference of a worker that has measured itself. */
  static Push timed(LeaseAttempt lease, Push.Timing timing, FloatVector values) {
    return timed(lease, 1, 0, timing, values);
  }

  private static Push timed(
      LeaseAttempt lease, long sequence, long base, Push.Timing timing, FloatVector values) {
    return new Push(
        lease,
        1,
        sequence,
        base,
        10,
        Push.Kind.DELTA,
        false,
        Payload.of(Codec.FP32, values.toArray()),
        statistics(1),
        timing,
        RowNumbers.NONE);
  }

  static FloatVector statistics(float value) {
    return FloatVector.copyOf(new float[] {value, -value, 1 + value, 2 + value});
  }

  static FloatVector filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return FloatVector.copyOf(values);
  }

  /** Different values in all places, of all orders of magnitude. */
  static FloatVector random(int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (random.nextDouble(-1, 1) * Math.pow(10, random.nextInt(-30, 30)));
    }
    return FloatVector.copyOf(values);
  }
}
