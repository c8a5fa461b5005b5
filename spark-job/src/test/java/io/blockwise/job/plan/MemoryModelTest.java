package io.blockwise.job.plan;

import static io.blockwise.job.plan.MemoryModel.MEBI;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.Engines;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.InProcessExchange;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is calculated, beside what real rows, batches and replicas hold. */
class MemoryModelTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final long STATE = 40 * MEBI;
  private static final long OF_A_PROCESS = 300 * MEBI;
  private static final long OF_A_REPLICA = 100 * MEBI;

  @TempDir Path directory;

  @Test
  void rowsTakeWhatTheDataSetTakesInMemory() {
    SmallRuns.Parts parts = SmallRuns.parts(SmallRuns.settings(directory));
    Manifest manifest = parts.dataset().manifest();
    long bytes = 0;
    for (Split split : Split.values()) {
      for (Shard shard : manifest.split(split).shards()) {
        var rows = parts.dataset().read(shard);
        bytes += rows.field("pixels", ImageValues.class).pixels().length;
        bytes += (long) Integer.BYTES * rows.count();
      }
    }
    assertThat(Rows.of(manifest).bytes()).isEqualTo(bytes);
    // and so many are expected before they are made
    assertThat(Rows.expected(SmallRuns.unprepared(directory).data()).bytes()).isEqualTo(bytes);
  }

  @Test
  void rowsAreKeptUpToTheirLimit() {
    long none = model(0, 1).executor(1, NONE).heap();
    assertThat(model(100 * MEBI, 1).executor(1, NONE).heap()).isEqualTo(none + 100 * MEBI);
    assertThat(model(9000 * MEBI, 1).executor(1, NONE).heap()).isEqualTo(none + 2048 * MEBI);
  }

  /** A feed's batches, and one more on its way into the library's layout. */
  @Test
  void batchesTakeWhatAFeedAllocates() {
    for (int threads : new int[] {1, 3}) {
      String[] sets = {"training.prefetch-threads=" + threads, "evaluation.batch-size=8"};
      long small = heap(sets, "training.batch-size=16");
      long large = heap(sets, "training.batch-size=96");
      long ofAFeed = feed(96, threads) - feed(16, threads);
      assertThat(large - small).isGreaterThan(ofAFeed).isLessThanOrEqualTo(2 * ofAFeed);
    }
  }

  /**
   * What is held while a push is on its way and when its answer is there, and copies on the wire.
   */
  @Test
  void replicasTakeMoreThanRealOnesHoldAndNotManyTimesAsMuch() throws Exception {
    SmallRuns.Parts parts =
        SmallRuns.parts(SmallRuns.settings(directory, "vgg-small.width=16", "averaging.period=1"));
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            Engines.create(parts.plan().engine()), parts.plan().network(), parts.plan().seed())) {
      Measuring exchange = new Measuring(new InProcessExchange(parts.ledgers()));
      WorkerReplica replica =
          new WorkerReplica(
              network.blocks(), exchange, parts.plan().averaging(), Duration.ofSeconds(30));
      exchange.replica = replica;
      replica.start(new LeaseAttempt("run", 0, 1, 1));
      parts.ledgers().forEach(ledger -> ledger.open(new LeaseAttempt("run", 1, 1, 1)));
      for (int step = 0; step < 3; step++) {
        for (int k = 1; k <= network.blocks().size(); k++) {
          replica.block(k).afterStep(16);
        }
      }
      replica.flush();
      List<BlockSize> sizes = network.blocks().stream().map(BlockSize::of).toList();
      long calculated = ofOneReplica(sizes) - ofOneReplica(List.of());
      assertThat(exchange.most).as("bytes held").isPositive();
      assertThat(calculated).isGreaterThan(exchange.most).isLessThan(4 * exchange.most);
    }
  }

  @Test
  void everyReplicaTakesItsNativeMemoryAsItWasMeasured() {
    Memory one = model(0, 1).executor(1, NONE);
    Memory three = model(0, 1).executor(3, NONE);
    long ofTheCollector = (three.touched() - one.touched()) / 10;
    assertThat(three.nativeBytes() - one.nativeBytes())
        .isBetween(2 * OF_A_REPLICA, 2 * OF_A_REPLICA + ofTheCollector);
    assertThat(one.nativeBytes()).isGreaterThan(OF_A_PROCESS);
  }

  @Test
  void settingsLeaveRoom() {
    Memory memory = model(0, 1).executor(1, NONE);
    assertThat(memory.heapSetting()).isBetween(memory.heap() * 3 / 2, memory.heap() * 2);
    assertThat(MemoryModel.overheadSetting(memory.nativeBytes()))
        .isBetween(memory.nativeBytes() * 5 / 4, memory.nativeBytes() * 2);
    assertThat(MemoryModel.heapSetting(MEBI)).isEqualTo(512 * MEBI);
    assertThat(MemoryModel.overheadSetting(MEBI)).isEqualTo(384 * MEBI);
  }

  @Test
  void processNeverTakesMoreThanItsHeapAndWhatIsOutside() {
    Memory tight = model(0, 1).executor(1, OptionalLong.of(500 * MEBI));
    assertThat(tight.touched()).isEqualTo(500 * MEBI);
    assertThat(tight.resident()).isEqualTo(500 * MEBI + tight.nativeBytes());
    Memory wide = model(0, 1).executor(1, OptionalLong.of(64_000 * MEBI));
    assertThat(wide.touched()).isLessThan(2 * wide.heap());
  }

  /** One push of every block and worker as it came, and put together. */
  @Test
  void driverHoldsWhatItsWorkersPush() {
    long one = model(0, 1).driverHeap();
    assertThat(model(0, 9).driverHeap() - one).isEqualTo(8 * 2 * STATE);
    assertThat(model(0, 1).driverWithWorkers(NONE).heap()).isGreaterThan(one);
  }

  private MemoryModel model(long rowBytes, int workers) {
    BlockSize block = new BlockSize((int) (STATE / 4) - 100, 0, 0, 100, 0);
    return model(SmallRuns.unprepared(directory), List.of(block), rowBytes, workers);
  }

  private static MemoryModel model(
      Settings settings, List<BlockSize> blocks, long rowBytes, int workers) {
    Rehearsal.Result rehearsal =
        new Rehearsal.Result(blocks, List.of(1L), OF_A_PROCESS, OF_A_REPLICA);
    return new MemoryModel(settings, rehearsal, rowBytes, 3 * 32 * 32, workers);
  }

  private long ofOneReplica(List<BlockSize> blocks) {
    MemoryModel model = model(SmallRuns.unprepared(directory), blocks, 0, 1);
    return model.executor(2, NONE).heap() - model.executor(1, NONE).heap();
  }

  private long heap(String[] sets, String more) {
    List<String> all = new ArrayList<>(List.of(sets));
    all.add(more);
    Settings settings = SmallRuns.unprepared(directory, all.toArray(String[]::new));
    return model(settings, List.of(), 0, 1).executor(1, NONE).heap();
  }

  /** Bytes of the batches of a real feed. */
  private static long feed(int batchSize, int threads) {
    ConcurrentLinkedQueue<Batch> allocated = new ConcurrentLinkedQueue<>();
    BatchSource source =
        new BatchSource() {
          @Override
          public int batches() {
            return 0;
          }

          @Override
          public int dropped() {
            return 0;
          }

          @Override
          public Batch allocate() {
            Batch batch = new Batch(Shape.map(3, 32, 32), batchSize);
            allocated.add(batch);
            return batch;
          }

          @Override
          public void fill(int number, Batch into) {}

          @Override
          public void close() {}
        };
    new Feed(source, threads).close();
    return allocated.stream()
        .mapToLong(batch -> 4L * (batch.inputs().length + batch.labels().length))
        .sum();
  }

  /** Looks at what is held whenever something is on its way. */
  private static final class Measuring implements ParameterExchange {
    private final ParameterExchange exchange;
    private WorkerReplica replica;
    private long most;

    Measuring(ParameterExchange exchange) {
      this.exchange = exchange;
    }

    private void measure(Object onItsWay) {
      try {
        most = Math.max(most, HeldArrays.bytes(List.of(replica, onItsWay), Block.class));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      measure(push);
      return answered(exchange.push(push));
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return answered(exchange.fetch(fetch));
    }

    private CompletableFuture<Reply> answered(CompletableFuture<Reply> answer) {
      answer.thenAccept(this::measure).join();
      return answer;
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      Reply reply = exchange.await(fetch, atMost);
      measure(reply);
      return reply;
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
