package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.DriverLink;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What averaging an embedding of 30,000 x 300 costs, by its rows and as a whole: bytes per push and
 * answer, and the time of the threads that have to do with it. Two workers, each a thread that does
 * nothing but change the rows of a batch (64 texts of 40 tokens, ids by Zipf's law with exponent 1)
 * and push, and wait until that is settled; driver and workers in one process, with the messages that go between processes.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djob.bench=exchange.TableTraffic \
 *     -Dbench.args="3"
 * </pre>
 *
 * <p>Arguments: runs.
 */
final class TableTraffic {
  private static final String RUN = "bench";
  private static final int ROWS = 30_000;
  private static final int WIDTH = 300;
  private static final int TOKENS = 64 * 40;
  private static final int WORKERS = 2;
  private static final int[] PERIODS = {1, 8};

  private final AtomicLong pushed = new AtomicLong();
  private final AtomicLong pulled = new AtomicLong();
  private final AtomicLong nanosOfReceiving = new AtomicLong();

  private TableTraffic() {}

  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(arguments[0]);
    new TableTraffic().measure("warm-up", true, 1, Codec.FP32);
    for (int run = 1; run <= runs; run++) {
      for (int period : PERIODS) {
        for (Codec codec : new Codec[] {Codec.FP32, Codec.FP16}) {
          for (boolean byRow : new boolean[] {true, false}) {
            new TableTraffic().measure("run " + run, byRow, period, codec);
          }
        }
      }
    }
  }

  private void measure(String name, boolean byRow, int period, Codec codec) throws Exception {
    TensorTable tensors =
        new TensorTable(
            List.of(
                new TensorTable.Entry("layers.0.weight", List.of(ROWS, WIDTH), 0, byRow),
                new TensorTable.Entry("exit.weight", List.of(4, WIDTH), ROWS * WIDTH)));
    TensorTable none = new TensorTable(List.of());
    BlockLedger ledger =
        new BlockLedger(
            RUN,
            1,
            options(period, codec),
            new BlockLedger.Tensors(tensors, none),
            BlockState.initial(tensors, new float[tensors.length()], new float[0]),
            System::nanoTime);
    ExchangeRouter router = new ExchangeRouter();
    ExchangeLimits limits =
        new ExchangeLimits(
            Message.CHUNK_BYTES, new MemoryBudget(1 << 30), Wire.LONGEST_IDLE, System::nanoTime);
    try (ExchangeServer server =
            new ExchangeServer(router, RUN, List.of(ledger), WORKERS, Wire.NOBODY, limits);
        PluginExchange exchange = new PluginExchange(link(router), Message.CHUNK_BYTES)) {
      router.open(RUN, server);
      train(name, byRow, period, codec, tensors, ledger, exchange);
    }
  }

  private void train(
      String name,
      boolean byRow,
      int period,
      Codec codec,
      TensorTable tensors,
      BlockLedger ledger,
      PluginExchange exchange)
      throws Exception {
    int steps = (byRow ? 200 : 30) * period;
    CountDownLatch opened = new CountDownLatch(WORKERS);
    long[] stepNanos = new long[WORKERS];
    long[] rows = new long[WORKERS];
    Thread[] threads = new Thread[WORKERS];
    long[] started = new long[1];
    for (int worker = 0; worker < WORKERS; worker++) {
      int number = worker;
      threads[worker] =
          new Thread(
              () -> {
                Rows block = new Rows(tensors, number);
                WorkerReplica replica =
                    new WorkerReplica(
                        List.of(block), exchange, options(period, codec), Duration.ofMinutes(5));
                try {
                  replica.start(new LeaseAttempt(RUN, number, 1, 1));
                  opened.countDown();
                  opened.await();
                  pushed.set(0);
                  pulled.set(0);
                  nanosOfReceiving.set(0);
                  started[0] = ledgerNanos();
                  for (int step = 0; step < steps; step++) {
                    block.step();
                    long before = cpuNanos();
                    replica.block(1).afterStep(64);
                    replica.block(1).awaitSettled();
                    stepNanos[number] += cpuNanos() - before;
                  }
                  replica.flush();
                  rows[number] = block.taken;
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      threads[worker].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double pushes = ledger.counts().accepted();
    System.out.printf(
        "%s: %s, period %d, %s: %.0f pushes; per push: %.0f rows, %.3f MB there, %.3f MB back;"
            + " CPU ms: worker %.2f, receiving %.3f, ledger %.2f%n",
        name,
        byRow ? "by row" : "whole",
        period,
        codec,
        pushes,
        Arrays.stream(rows).sum() / pushes,
        pushed.get() / pushes / 1e6,
        pulled.get() / pushes / 1e6,
        Arrays.stream(stepNanos).sum() / pushes / 1e6,
        nanosOfReceiving.get() / pushes / 1e6,
        (ledgerNanos() - started[0]) / pushes / 1e6);
  }

  private static AveragingOptions options(int period, Codec codec) {
    AveragingOptions one = Ledgers.average();
    return new AveragingOptions(
        one.rule(),
        period,
        false,
        codec,
        one.staleness(),
        one.quorum(),
        one.outer(),
        one.gain(),
        0.5);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long ledgerNanos() {
    var threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(one -> one != null && one.getThreadName().equals("blockwise-ledger-1"))
        .mapToLong(one -> threads.getThreadCpuTime(one.getThreadId()))
        .sum();
  }

  private DriverLink link(ExchangeRouter router) {
    return new DriverLink() {
      @Override
      public Object ask(byte[] message) {
        pushed.addAndGet(message.length);
        long before = cpuNanos();
        byte[] answer = router.receive(message);
        nanosOfReceiving.addAndGet(cpuNanos() - before);
        pulled.addAndGet(answer.length);
        return answer;
      }

      @Override
      public void send(byte[] message) {}
    };
  }

  /** An embedding of which a step changes the rows of a batch. */
  private static final class Rows implements Block {
    private final TensorTable tensors;
    private final float[] parameters;
    private final BitSet changed = new BitSet(ROWS);
    private final Random random;
    private final double[] upTo = new double[ROWS];
    private long taken;

    Rows(TensorTable tensors, long seed) {
      this.tensors = tensors;
      this.parameters = new float[tensors.length()];
      this.random = new Random(seed);
      for (int id = 0; id < ROWS; id++) {
        upTo[id] = (id == 0 ? 0 : upTo[id - 1]) + 1.0 / (id + 1);
      }
    }

    void step() {
      for (int token = 0; token < TOKENS; token++) {
        int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[ROWS - 1]);
        int row = Math.min(ROWS - 1, at < 0 ? -at - 1 : at);
        changed.set(row);
        for (int j = 0; j < WIDTH; j++) {
          parameters[row * WIDTH + j] += 1e-4f * (j % 7 - 3);
        }
      }
    }

    @Override
    public int[] takeChangedRows() {
      int[] rows = tensors.table().isPresent() ? changed.stream().toArray() : new int[0];
      changed.clear();
      taken += rows.length;
      return rows;
    }

    @Override
    public void readRows(int[] rows, float[] into) {
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(parameters, rows[i] * WIDTH, into, i * WIDTH, WIDTH);
      }
    }

    @Override
    public void adoptRows(int[] rows, float[] from) {
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(from, i * WIDTH, parameters, rows[i] * WIDTH, WIDTH);
      }
    }

    private int firstOfRest() {
      return tensors.table().isPresent() ? ROWS * WIDTH : 0;
    }

    @Override
    public void readRest(float[] into) {
      System.arraycopy(parameters, firstOfRest(), into, 0, into.length);
    }

    @Override
    public void adoptRest(float[] from) {
      System.arraycopy(from, 0, parameters, firstOfRest(), from.length);
    }

    @Override
    public BlockSpec spec() {
      throw new UnsupportedOperationException();
    }

    @Override
    public TensorTable parameters() {
      return tensors;
    }

    @Override
    public TensorTable statistics() {
      return new TensorTable(List.of());
    }

    @Override
    public int length(StateKind kind) {
      return kind == StateKind.PARAMETERS ? parameters.length : 0;
    }

    @Override
    public void read(StateKind kind, float[] into) {
      System.arraycopy(parameters, 0, into, 0, into.length);
    }

    @Override
    public void adopt(StateKind kind, float[] from) {
      System.arraycopy(from, 0, parameters, 0, from.length);
    }

    @Override
    public Step train(Signal in, Pace pace) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Signal forward(Signal in) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Signal answer(Signal output) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
