package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.model.averaging.Averaging;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.network.Timeline.Activity;
import io.blockwise.model.spec.Execution;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.StepScale;
import io.blockwise.testing.Background;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Three trainers on threads of their own, over blocks that count their steps. */
@Timeout(60) // a deadlock shall fail, not hang
class ThreadedRowsTest {
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          SmallBlocks.INPUT,
          3,
          Collections.nCopies(
              3, SmallBlocks.with(new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant()))));

  private final CountedEngine engine = new CountedEngine();
  private final DecoupledNetwork network = new DecoupledNetwork(engine, SPEC, 1);
  private final List<Spent> spent = Collections.synchronizedList(new ArrayList<>());
  private volatile Consumer<Activity> whenSpent = what -> {};
  private BlockRow row;
  private long batches;

  /** As a timeline hears it. */
  private record Spent(int block, Activity what, long batch, long from, long to) {}

  @AfterEach
  void nothingIsLeftOver() {
    row.close();
    assertThat(threads()).isEmpty();
    assertThat(engine.open).as("blocks only").hasSize(3);
    network.close();
    assertThat(engine.open).isEmpty();
  }

  @Test
  void aBlockOfAPipelineTrainsOnABatchWhileTheNextOneHasTheOneBefore() throws Exception {
    start(Execution.PIPELINED, 1000);
    CountDownLatch second = new CountDownLatch(2);
    engine.whenBegun =
        index -> {
          if (index == 0) {
            second.countDown();
          } else if (index == 1) {
            await(second); // for ever, if one thread did both
          }
        };
    List<NetworkFigures> figures = new ArrayList<>(step());
    assertThat(figures).as("under way").isEmpty();
    figures.addAll(step());
    figures.addAll(row.finish());
    assertThat(figures).as("both, once all is through").hasSize(2);
  }

  @Test
  void aPipelineHasOneBatchAtMostBeforeABlock() throws Exception {
    start(Execution.PIPELINED, 1000);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    engine.whenBegun =
        index -> {
          if (index == 2) {
            await(mayGoOn);
          }
        };
    Thread opener =
        new Thread(
            () -> {
              // one in the last block, then for every block one before it and one in it
              while (began(0) < 5) {
                Thread.onSpinWait();
              }
              mayGoOn.countDown();
            });
    opener.start();
    for (int i = 0; i < 10; i++) {
      step();
      assertThat(mayGoOn.getCount() == 0 || batches <= 6).isTrue();
    }
    opener.join();
    row.finish();
    assertThat(began(2)).isEqualTo(10);
  }

  @Test
  void aStepOfForwardSerialEndsWhenAllBlocksAreDone() throws Exception {
    start(Execution.FORWARD_SERIAL, 1);
    assertThat(step()).hasSize(1);
    assertThat(row.costs().sent()).isEqualTo(3);
    assertThat(row.finish()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SEQUENTIAL")
  void aFailureOfABlockComesOutAsItIsAndEndsAllThreads(Execution execution) throws Exception {
    for (int block = 0; block < 3; block++) {
      start(execution, 2);
      step();
      engine.failsIn = block;
      assertThatThrownBy(this::train)
          .isExactlyInstanceOf(IllegalStateException.class)
          .hasMessage("no memory");
      engine.failsIn = -1;
      assertThat(execution == Execution.PIPELINED ? threads() : List.of()).isEmpty();
      row.abandon();
      assertThat(threads()).isEmpty();
      assertThat(engine.open).as("blocks only").hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SEQUENTIAL")
  void aBlockThatIsNotFiniteTooOftenEndsTrainingOnItsOwnThreadToo(Execution execution)
      throws Exception {
    start(execution, 2);
    engine.notFiniteIn = 1;
    assertThatThrownBy(this::train)
        .isInstanceOf(NotFiniteException.class)
        .hasMessageStartingWith("Cannot train block 2: its loss or gradient was not finite in 3");
    row.abandon();
    engine.notFiniteIn = -1;
    start(execution, 2);
    train();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SEQUENTIAL")
  void anInterruptedWorkerStopsItsBlocks(Execution execution) throws Exception {
    start(execution, 1000);
    CountDownLatch never = new CountDownLatch(1);
    whenSpent =
        what -> {
          if (what == Activity.AVERAGE) {
            await(never);
          }
        };
    Background<Void> worker =
        Background.startAndAwaitWaiting(
            () -> {
              train();
              return null;
            });
    worker.interrupt();
    assertThat(worker.failure()).isInstanceOf(InterruptedException.class);
    row.abandon();
    assertThat(threads()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SEQUENTIAL")
  void closingStopsWhatIsRunning(Execution execution) throws Exception {
    start(execution, 1000);
    CountDownLatch never = new CountDownLatch(1);
    if (execution == Execution.PIPELINED) {
      engine.whenBegun = index -> await(never); // until it is interrupted
      step();
      step();
    } else {
      step();
    }
    assertThat(threads()).hasSize(3);
    row.close();
    assertThat(threads()).isEmpty();
  }

  @Test
  void aTimelineHearsWhatEveryBlockDoes() throws Exception {
    start(Execution.PIPELINED, 2);
    train();
    for (int block = 1; block <= 3; block++) {
      int number = block;
      List<Spent> its = spent.stream().filter(one -> one.block == number).toList();
      assertThat(its).allMatch(one -> one.from <= one.to);
      assertThat(its.stream().filter(one -> one.what == Activity.TRAIN))
          .extracting(Spent::batch)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(its).extracting(Spent::what).contains(Activity.AVERAGE, Activity.WAIT_FOR_BATCH);
    }
    assertThat(spent).extracting(Spent::what).contains(Activity.WAIT_FOR_NEXT);
  }

  @Test
  void anEngineThatCannotHaveAThreadPerBlockIsRefusedInALine() {
    row = row(Execution.SEQUENTIAL, 2);
    engine.refusalOfThreads = Optional.of("engine counted has one thread");
    assertThatThrownBy(() -> row(Execution.PIPELINED, 2))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with training.execution = pipelined: engine counted has one thread (set"
                + " training.execution = sequential)");
  }

  private void start(Execution execution, int period) throws InterruptedException {
    row = row(execution, period);
    row.start(new LeaseAttempt("run", 0, 1, 1));
    batches = 0;
  }

  private List<NetworkFigures> step() throws InterruptedException {
    batches++;
    return row.step(SmallBlocks.batch(8, batches), batches);
  }

  private void train() throws InterruptedException {
    while (batches < 6) {
      step();
    }
    row.finish();
  }

  private BlockRow row(Execution execution, int period) {
    AveragingOptions options = Averaging.average(period);
    List<BlockLedger> ledgers = new ArrayList<>();
    for (Block block : network.blocks()) {
      ledgers.add(
          new BlockLedger(
              "run",
              ledgers.size() + 1,
              options,
              new BlockLedger.Tensors(block.parameters(), block.statistics()),
              BlockState.initial(block),
              System::nanoTime));
    }
    WorkerReplica replica =
        new WorkerReplica(
            network.blocks(), new InProcessExchange(ledgers), options, Duration.ofSeconds(30));
    Timeline timeline =
        (block, what, batch, from, to) -> {
          spent.add(new Spent(block, what, batch, from, to));
          whenSpent.accept(what);
        };
    SequentialRow trainers =
        new SequentialRow(network, replica, List.of(80L, 80L, 80L), StepScale.NONE, 3, timeline);
    return BlockRow.of(execution, trainers, timeline);
  }

  private long began(int index) {
    return List.copyOf(engine.events).stream().filter(("begins " + index)::equals).count();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static List<String> threads() {
    Stream<Thread> all = Thread.getAllStackTraces().keySet().stream();
    return all.map(Thread::getName).filter(name -> name.contains("-block-")).toList();
  }
}
