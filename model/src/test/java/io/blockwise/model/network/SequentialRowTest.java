package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.NoiseScale;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RateScale;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.StepScale;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three trainers on one thread, over blocks that count their steps. */
class SequentialRowTest {
  private static final OptimiserSpec LINEAR =
      new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Cosine(0));
  private static final NetworkSpec SPEC =
      new NetworkSpec(SmallBlocks.INPUT, 3, Collections.nCopies(3, SmallBlocks.with(LINEAR)));
  private static final int MAX_NON_FINITE = 3;

  private final CountedEngine engine = new CountedEngine();
  private final DecoupledNetwork network = new DecoupledNetwork(engine, SPEC, 1);
  private final List<BlockLedger> ledgers = ledgers();
  private final FailingExchange exchange = new FailingExchange(new InProcessExchange(ledgers));
  private final SequentialRow row = row(StepScale.NONE);
  private long batches;

  @AfterEach
  void everySignalIsClosed() {
    network.close();
    assertThat(engine.open).isEmpty();
  }

  @Test
  void everyBlockTrainsOnEveryBatchAndPushesWhenItIsDue() throws Exception {
    start(1);
    assertThat(step())
        .isEqualTo(new NetworkFigures(8, List.of(figures(16), figures(24), figures(32))));
    assertThat(steps()).as("ledgers: phases differ").containsExactly(0f, 0f, 1f);
    step();
    assertThat(steps()).containsExactly(2f, 2f, 1f);
    row.finish();
    assertThat(steps()).containsExactly(2f, 2f, 2f);
    assertThat(row.costs().sent()).isEqualTo(4);
    assertThat(row.costs().nonFinite()).isZero();
    assertThat(row.costs().averagingNanos()).isPositive();
  }

  @Test
  void allBlocksTrainOnABatchBeforeOneOfThemPushes() throws Exception {
    start(1);
    for (int i = 0; i < 4; i++) {
      step();
    }
    row.finish();
    assertThat(exchange.stepsAtPushes).isNotEmpty().allMatch(steps -> steps % 3 == 0);
  }

  private static BlockFigures figures(double loss) {
    return new BlockFigures(List.of(new BlockFigures.Sum("loss", loss, true)), 8, 1);
  }

  @Test
  void whatIsNotFiniteStartsAnewAndTheLaterBlocksSkipTheBatch() throws Exception {
    start(1);
    engine.notFiniteIn = 1;
    NetworkFigures figures = step();
    assertThat(figures.examples()).isEqualTo(8);
    assertThat(figures.blocks()).containsExactly(figures(16), BlockFigures.NONE, BlockFigures.NONE);
    engine.notFiniteIn = -1;
    step();
    row.finish();
    assertThat(steps()).containsExactly(2f, 1f, 1f);
    assertThat(row.costs().nonFinite()).isEqualTo(1);
  }

  @Test
  void aBlockThatIsNotFiniteTooOftenInARowEndsTraining() throws Exception {
    start(1);
    // the third block does not see a batch that fails at the first
    for (int failing : new int[] {2, 0, 2, 0}) {
      engine.notFiniteIn = failing;
      step();
    }
    engine.notFiniteIn = 2;
    assertThatThrownBy(this::step)
        .isInstanceOf(NotFiniteException.class)
        .hasMessage(
            "Cannot train block 3: its loss or gradient was not finite in 3 steps in a row, up to"
                + " batch 5 of the worker's lease; last loss loss NaN (lower"
                + " training.learning-rate, set training.clip-norm, or look at the data)");
    row.abandon();
  }

  @Test
  void ratesFollowTheExamplesOfEveryBlockOnItsOwn() throws Exception {
    start(1);
    step();
    engine.notFiniteIn = 1;
    step();
    engine.notFiniteIn = -1;
    step();
    // of 80 examples; the second and third block did not take the second batch
    double[] seen = {0, 0, 0, 8, 8, 16, 8, 8};
    for (int i = 0; i < seen.length; i++) {
      double cosine = (1 + Math.cos(Math.PI * seen[i] / 80)) / 2;
      assertThat(engine.rates.get(i)).isCloseTo(cosine, within(1e-12));
    }
    row.finish();
  }

  @Test
  void ratesFollowTheWorkersOfEveryBlockOnItsOwn() throws Exception {
    SequentialRow scaled = row(new StepScale(RateScale.SQRT_WORKERS, NoiseScale.NONE));
    // the second block is averaged among four, the others among one
    for (int other = 1; other < 4; other++) {
      ledgers.get(1).announce(other);
    }
    scaled.start(new LeaseAttempt("run", 0, 1, 1));
    for (int batch = 1; batch <= 4; batch++) {
      scaled.step(SmallBlocks.batch(8, batch), batch);
    }
    for (int i = 0; i < 12; i++) {
      double cosine = (1 + Math.cos(Math.PI * (i / 3) * 8 / 80)) / 2;
      double factor = i % 3 == 1 ? 1 + 0.1 * (i / 3) : 1;
      assertThat(engine.rates.get(i)).as("rate %d", i).isCloseTo(factor * cosine, within(1e-12));
    }
    scaled.finish();
  }

  @Test
  void signalsAreClosedWhicheverBlockFails() throws Exception {
    for (int block = 0; block < 3; block++) {
      start(block + 1);
      engine.failsIn = block;
      assertThatThrownBy(this::step).hasMessage("no memory");
      engine.failsIn = -1;
      assertThat(engine.open).as("blocks only").hasSize(3);
      row.abandon();
    }
  }

  @Test
  void signalsAreClosedWhenAPushFails() throws Exception {
    start(1);
    exchange.fails = true;
    assertThatThrownBy(this::step).hasMessage("no driver");
    assertThat(engine.open).as("blocks only").hasSize(3);
    row.abandon();
  }

  @Test
  void aBatchOutOfOrderIsRefused() throws Exception {
    start(1);
    step();
    batches = 4;
    assertThatThrownBy(this::step)
        .hasMessage(
            "Cannot train block 1 on batch 5: its next one is 2 (every batch passes every block,"
                + " in order)");
    assertThat(engine.open).as("blocks only").hasSize(3);
    row.abandon();
  }

  @Test
  void aFrozenBlockTakesTheLedgersValueOnceAndPushesNothing() throws Exception {
    start(1);
    step();
    step();
    row.finish();
    // somebody else has moved the first ledger by 5
    LeaseAttempt other = new LeaseAttempt("run", 1, 1, 1);
    ledgers.get(0).open(other);
    ledgers.get(0).push(pushOf(other, 1, 5));
    float agreed = steps().get(0);
    resume(2, new TrainedBlocks(1, 3));
    assertThat(engine.parameter(0)).as("of the worker").isEqualTo(agreed);
    step();
    step();
    row.finish();
    resume(3, new TrainedBlocks(1, 3));
    step();
    row.finish();
    assertThat(steps()).containsExactly(agreed, 5f, 5f);
    assertThat(engine.parameter(0)).isEqualTo(agreed);
    assertThat(exchange.opened).containsExactly("1 to 3", "1 to 3", "2 to 3");
  }

  @Test
  void aBlockThatHasNotJoinedIsLeftAloneAndBeginsWhereItsLedgerIs() throws Exception {
    row.start(new LeaseAttempt("run", 0, 1, 1), new TrainedBlocks(0, 2));
    batches = 0;
    NetworkFigures figures = step();
    assertThat(figures.blocks()).containsExactly(figures(16), figures(24), BlockFigures.NONE);
    row.finish();
    assertThat(steps()).containsExactly(1f, 1f, 0f);
    resume(2, new TrainedBlocks(2, 3));
    step();
    row.finish();
    assertThat(steps()).containsExactly(1f, 1f, 1f);
    assertThat(engine.rates).as("of a cosine that begins").last().isEqualTo(1.0);
    assertThat(exchange.opened).containsExactly("1 to 2", "1 to 3");
  }

  private static Push pushOf(LeaseAttempt lease, long base, float change) {
    return new Push(
        lease,
        1,
        1,
        base,
        8,
        Push.Kind.DELTA,
        true,
        Payload.of(Codec.FP32, new float[] {change}),
        FloatVector.EMPTY,
        new Push.Timing(0, 2, 0),
        RowNumbers.NONE);
  }

  private void resume(long lease, TrainedBlocks blocks) throws InterruptedException {
    row.resume(new LeaseAttempt("run", 0, lease, 1), blocks);
    batches = 0;
  }

  private void start(long lease) throws InterruptedException {
    row.start(new LeaseAttempt("run", 0, lease, 1));
    batches = 0;
  }

  private NetworkFigures step() throws InterruptedException {
    batches++;
    return row.step(SmallBlocks.batch(8, batches), batches).get(0);
  }

  private List<Float> steps() {
    return ledgers.stream().map(ledger -> ledger.state().value().at(0)).toList();
  }

  private SequentialRow row(StepScale scale) {
    AveragingOptions options = options(2);
    WorkerReplica replica =
        new WorkerReplica(network.blocks(), exchange, options, Duration.ofSeconds(30));
    return new SequentialRow(network, replica, 80, scale, MAX_NON_FINITE);
  }

  private List<BlockLedger> ledgers() {
    List<BlockLedger> made = new ArrayList<>();
    for (Block block : network.blocks()) {
      made.add(
          new BlockLedger(
              "run",
              made.size() + 1,
              options(2),
              new BlockLedger.Tensors(block.parameters(), block.statistics()),
              BlockState.initial(block),
              System::nanoTime));
    }
    return made;
  }

  private static AveragingOptions options(int period) {
    return Averaging.average(period);
  }

  private final class FailingExchange implements ParameterExchange {
    private final ParameterExchange exchange;
    private boolean fails;
    private final List<Integer> stepsAtPushes = new ArrayList<>();
    private final List<String> opened = new ArrayList<>();

    FailingExchange(ParameterExchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known)
        throws InterruptedException {
      opened.add(first + " to " + (first + known.size() - 1));
      return exchange.open(attempt, first, known);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      if (fails) {
        throw new IllegalStateException("no driver");
      }
      stepsAtPushes.add(engine.rates.size());
      return exchange.push(push);
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return exchange.fetch(fetch);
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      return exchange.await(fetch, atMost);
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
