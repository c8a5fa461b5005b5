package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.NESTEROV;
import static io.blockwise.model.averaging.Averaging.NO_OUTER;
import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.RDA;
import static io.blockwise.model.averaging.Averaging.lease;

import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.Quorum;
import io.blockwise.model.averaging.AveragingOptions.Staleness;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import java.util.Random;

/**
 * What a rule of averaging makes of many workers: a small network learns with the real ledger and
 * replicas, in simulated time. All workers together make the same number of steps, however many
 * they are, at a rate that suits one. It ranks rules, and predicts no other network.
 */
public final class ManyWorkers {
  /** Steps of all workers together. */
  public static final int STEPS = 4096;

  /** Local steps between two pushes. */
  public static final int PERIOD = 8;

  /** The best rate of one worker among 0.1, 0.2, 0.3, 0.45, 0.6, 0.9 and 1.3. */
  public static final double BEST_RATE = 0.6;

  /** Half of it, which costs one worker little. */
  public static final double CAREFUL_RATE = 0.3;

  private static final int BATCH = 16;
  private static final ScheduleSpec SCHEDULE = new ScheduleSpec.Cosine(0);
  private static final long STEP_NANOS = 1_000_000;
  private static final int TEST_ROWS = 2000;

  private ManyWorkers() {}

  /** The rules side by side. */
  public enum Rule {
    AVERAGE("average", Averaging.average(PERIOD), RateScale.NONE),
    RATE("average, rate x sqrt(L)", Averaging.average(PERIOD), RateScale.SQRT_WORKERS),
    GAIN("average, gain", Averaging.norm(PERIOD), RateScale.NONE),
    GAIN_AND_RATE("average, gain, rate x sqrt(L)", Averaging.norm(PERIOD), RateScale.SQRT_WORKERS),
    DELAYED("average, delayed momentum", Averaging.delayed(PERIOD, 1e9), RateScale.NONE),
    LOCK_STEP("quorum, lock-step", Averaging.lockStep(PERIOD), RateScale.NONE),
    NESTEROV_STEP(
        "quorum, lock-step, nesterov", Averaging.lockStep(PERIOD, NESTEROV), RateScale.NONE),
    GRACE("quorum, grace", graceful(NO_OUTER), RateScale.NONE),
    GRACE_NESTEROV("quorum, grace, nesterov", graceful(NESTEROV), RateScale.NONE),
    GRACE_RDA("quorum, grace, rda", graceful(RDA), RateScale.NONE),
    ELASTIC("elastic", Averaging.elastic(PERIOD, 1e9), RateScale.NONE);

    private final String words;
    private final AveragingOptions options;
    private final RateScale scale;

    Rule(String words, AveragingOptions options, RateScale scale) {
      this.words = words;
      this.options = options;
      this.scale = scale;
    }

    private static AveragingOptions graceful(AveragingOptions.Outer outer) {
      return new AveragingOptions(
          AveragingOptions.Rule.QUORUM,
          PERIOD,
          false,
          Codec.FP32,
          new Staleness(1e9),
          new Quorum(0, QuorumWait.GRACE, 0.5),
          outer,
          Gain.NONE,
          0);
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * The workers and their ways.
   *
   * @param halfSlow whether every second worker is three times as slow
   * @param latency of answers, in steps of a fast worker
   * @param rate learning rate at the beginning, before the rule scales it
   */
  public record Setting(int workers, boolean halfSlow, int latency, double rate) {}

  /** Accuracy of the ledger's value at the end, on rows that nobody has learned from, in 0..1. */
  public static double accuracy(Rule rule, Setting setting, long seed) throws InterruptedException {
    return new Run(rule, setting, seed).accuracy();
  }

  private static final class Run {
    private final SimulatedTime time = new SimulatedTime();
    private final Rule rule;
    private final Setting setting;
    private final Random random;
    private final Clusters clusters;
    private final BlockLedger ledger;
    private final ParameterExchange exchange;
    private int steps;

    Run(Rule rule, Setting setting, long seed) {
      this.rule = rule;
      this.setting = setting;
      this.random = new Random(seed);
      this.clusters = new Clusters(random);
      PerceptronBlock initial = new PerceptronBlock().drawn(random);
      this.ledger = Averaging.ledger(rule.options, 1, initial, time::nanos);
      // whoever waits for the others pays for the latency with its own time, below
      this.exchange =
          time.late(
              new InProcessExchange(List.of(ledger)), rule.options.lockStep() ? 0 : latency());
    }

    private long latency() {
      return setting.latency * STEP_NANOS;
    }

    double accuracy() throws InterruptedException {
      for (int id = 0; id < setting.workers; id++) {
        ledger.announce(id);
      }
      for (int id = 0; id < setting.workers; id++) {
        Worker worker = new Worker(id);
        time.in(random.nextInt((int) (PERIOD * STEP_NANOS)), worker::step);
      }
      while (steps < STEPS) {
        time.next();
      }
      PerceptronBlock learned = new PerceptronBlock();
      learned.adopt(StateKind.PARAMETERS, ledger.state().value().shared());
      return learned.accuracy(clusters.draw(new Random(-1), TEST_ROWS));
    }

    private final class Worker {
      private final PerceptronBlock block = new PerceptronBlock();
      private final Random rows;
      private final long stepNanos;
      private final WorkerReplica replica;

      Worker(int id) throws InterruptedException {
        rows = new Random(random.nextLong());
        stepNanos = setting.halfSlow && id % 2 == 1 ? 3 * STEP_NANOS : STEP_NANOS;
        replica = new WorkerReplica(List.of(block), exchange, rule.options, PATIENCE, time::nanos);
        replica.start(lease(id));
      }

      void step() throws InterruptedException {
        steps++;
        double progress = (double) replica.block(1).progressExamples() / ((long) STEPS * BATCH);
        double factor = rule.scale.factor(replica.block(1).members(), progress);
        block.step(clusters.draw(rows, BATCH), setting.rate * SCHEDULE.factor(progress) * factor);
        long sent = replica.sent();
        replica.block(1).afterStep(BATCH);
        boolean waited = rule.options.lockStep() && replica.sent() > sent;
        time.in(stepNanos + (waited ? latency() : 0), this::step);
      }
    }
  }
}
