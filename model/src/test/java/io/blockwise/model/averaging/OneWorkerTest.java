package io.blockwise.model.averaging;

import static io.blockwise.model.averaging.Averaging.PATIENCE;
import static io.blockwise.model.averaging.Averaging.average;
import static io.blockwise.model.averaging.Averaging.ledgers;
import static io.blockwise.model.averaging.Averaging.lockStep;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.testing.RandomSeed;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One worker, any period, single precision: bit for bit the loop without any averaging. */
class OneWorkerTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final int LEASES = 3;
  private static final int STEPS = 41;

  @ParameterizedTest
  @MethodSource("everyRuleAndPeriod")
  void averagingChangesNoBit(AveragingOptions options) throws InterruptedException {
    assertEqualToThePlainLoop(options, exchange -> exchange);
  }

  static Stream<AveragingOptions> everyRuleAndPeriod() {
    return Stream.of(1, 3, 8, 64).flatMap(period -> Averaging.everyRule(period).stream());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void neitherDoLateOrLostReplies(UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    for (int period : new int[] {1, 3, 8}) {
      assertEqualToThePlainLoop(average(period), transport);
    }
    assertEqualToThePlainLoop(lockStep(3), transport);
    assertEqualToThePlainLoop(Averaging.elastic(3, 1e9), transport);
  }

  static Stream<UnaryOperator<ParameterExchange>> transports() {
    return Stream.of(
        exchange -> new LateExchange(exchange, 1),
        exchange -> new LateExchange(exchange, 2),
        exchange -> new LateExchange(exchange, 7),
        exchange -> new LossyExchange(exchange, 0.2, SEED.of(5)),
        exchange -> new LossyExchange(new LateExchange(exchange, 3), 0.2, SEED.of(6)));
  }

  private static void assertEqualToThePlainLoop(
      AveragingOptions options, UnaryOperator<ParameterExchange> transport)
      throws InterruptedException {
    List<SoftmaxBlock> plain = blocks();
    List<SoftmaxBlock> averaged = blocks();
    List<BlockLedger> ledgers = ledgers(options, averaged);
    WorkerReplica replica =
        new WorkerReplica(
            averaged, transport.apply(new InProcessExchange(ledgers)), options, PATIENCE);
    Random random = SEED.random();
    long examples = 0;
    for (int lease = 1; lease <= LEASES; lease++) {
      begin(replica, new LeaseAttempt(Averaging.RUN, 0, lease, lease));
      for (int step = 0; step < STEPS; step++) {
        int[] labels = SoftmaxBlock.labels(random, 4 + random.nextInt(5));
        float[][] rows = SoftmaxBlock.rows(random, labels);
        for (int k = 0; k < plain.size(); k++) {
          plain.get(k).step(rows, labels, rate(examples));
          averaged.get(k).step(rows, labels, rate(replica.block(k + 1).progressExamples()));
          replica.block(k + 1).afterStep(labels.length);
        }
        examples += labels.length;
      }
      replica.flush();
      for (int k = 0; k < plain.size(); k++) {
        assertEqualBits(plain.get(k), averaged.get(k), ledgers.get(k).state());
      }
    }
  }

  private static void begin(WorkerReplica replica, LeaseAttempt attempt)
      throws InterruptedException {
    if (attempt.lease() == 1) {
      replica.start(attempt);
    } else {
      replica.resume(attempt);
    }
  }

  private static List<SoftmaxBlock> blocks() {
    return List.of(
        SoftmaxBlock.withBatchNorm(0.9f).drawn(SEED.of(1)),
        SoftmaxBlock.withBatchNorm(0.5f).drawn(SEED.of(2)),
        SoftmaxBlock.withoutBatchNorm(0.9f).drawn(SEED.of(3)));
  }

  private static double rate(long examples) {
    return 0.1 * (1 + Math.cos(examples / 300.0));
  }

  private static void assertEqualBits(SoftmaxBlock plain, SoftmaxBlock averaged, BlockState state) {
    assertThat(FloatVector.copyOf(averaged.parameters))
        .isEqualTo(FloatVector.copyOf(plain.parameters))
        .isEqualTo(state.value());
    assertThat(FloatVector.copyOf(averaged.statistics))
        .isEqualTo(FloatVector.copyOf(plain.statistics))
        .isEqualTo(state.statistics());
    assertThat(averaged.optimiser).isEqualTo(plain.optimiser);
  }
}
