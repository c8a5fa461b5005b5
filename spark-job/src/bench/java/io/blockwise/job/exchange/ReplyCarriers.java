package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.EncodedState;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * How a worker gets a new version of a block: as pieces in RPC replies, or as the handle of a
 * {@code Broadcast} that it then reads. A version is made on one thread of the driver when it is
 * first asked for, and destroyed when it is superseded. It is read by one worker, as under the rule
 * {@code average}, where every push makes one; or by all, as in lock-step.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djob.bench=exchange.ReplyCarriers \
 *     -Dbench.args="3 3"
 * </pre>
 *
 * <p>Arguments: runs, seconds of each.
 */
final class ReplyCarriers {
  private static final int[] MEGABYTES = {1, 10, 100};
  private static final int[] WORKERS = {2, 4, 8};

  private ReplyCarriers() {}

  public static void main(String[] arguments) throws InterruptedException {
    int runs = Integer.parseInt(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    SparkSession spark = BenchCluster.session(Carriers.class);
    for (int run = 0; run <= runs; run++) {
      for (int megabytes : MEGABYTES) {
        for (int workers : WORKERS) {
          for (boolean shared : new boolean[] {false, true}) {
            for (boolean handle : new boolean[] {false, true}) {
              measure(spark, run, megabytes, workers, shared, handle, seconds);
            }
          }
        }
      }
    }
    spark.stop();
  }

  private static void measure(
      SparkSession spark,
      int run,
      int megabytes,
      int workers,
      boolean shared,
      boolean handle,
      int seconds)
      throws InterruptedException {
    if (run == 0 && (megabytes != 10 || workers != 2)) {
      return; // warms up
    }
    Versions versions =
        new Versions(
            new JavaSparkContext(spark.sparkContext()),
            megabytes * 1_000_000 / Float.BYTES,
            workers,
            shared,
            handle);
    Carriers.current = versions;
    BenchCluster.Result result =
        BenchCluster.measure(
            spark,
            workers,
            (worker, start) -> pull(worker, handle, start, run == 0 ? 15 : seconds));
    System.out.printf(
        "run %d: %3d MB, %d workers, a version for %s, %s: %5.0f MB/s; driver CPU %.2f ms/MB%n",
        run,
        megabytes,
        workers,
        shared ? "all" : "one",
        handle ? "broadcast" : "rpc      ",
        result.megabytesPerSecond(),
        result.cpuMillisPerMegabyte());
    versions.close();
  }

  private static long pull(int worker, boolean handle, long start, int seconds) throws Exception {
    BenchCluster.waitUntil(start);
    long end = start + seconds * 1000L;
    long bytes = 0;
    for (int round = 1; System.currentTimeMillis() < end; round++) {
      byte[] head = ask(worker, round, -1);
      while (head.length == 1) {
        if (System.currentTimeMillis() > end) {
          return bytes; // in lock-step, others have stopped
        }
        TimeUnit.MICROSECONDS.sleep(500);
        head = ask(worker, round, -1);
      }
      if (handle) {
        bytes += (long) read(head).length * Float.BYTES;
      } else {
        ByteBuffer answer = ByteBuffer.wrap(head);
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int piece = 0; piece < answer.getInt(0); piece++) {
          pieces.add(
              ByteBuffer.wrap(ask(worker, round, piece)).position(EncodedState.HEAD_BYTES));
        }
        bytes += (long) FloatVector.read(pieces, answer.getInt(4)).length() * Float.BYTES;
      }
    }
    return bytes;
  }

  @SuppressWarnings("unchecked")
  private static float[] read(byte[] handle) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(handle))) {
      return ((Broadcast<float[]>) in.readObject()).value();
    }
  }

  private static byte[] ask(int worker, int round, int piece) throws Exception {
    ByteBuffer question = ByteBuffer.allocate(12);
    question.putInt(worker).putInt(round).putInt(piece);
    return (byte[]) Carriers.context.ask(question.array());
  }

  /** A version, in either form. */
  private static final class Version {
    private final byte[] head;
    private final EncodedState pieces;
    private final Broadcast<float[]> broadcast;

    Version(byte[] head, EncodedState pieces, Broadcast<float[]> broadcast) {
      this.head = head;
      this.pieces = pieces;
      this.broadcast = broadcast;
    }
  }

  /** Makes versions when they are wanted. Thread-safe. */
  private static final class Versions {
    private final JavaSparkContext spark;
    private final float[] values;
    private final int all;
    private final boolean shared;
    private final boolean handle;
    private final ExecutorService maker = Executors.newSingleThreadExecutor();
    private final Map<List<Integer>, Version> made = new ConcurrentHashMap<>();
    private final Map<List<Integer>, Set<Integer>> wanted = new ConcurrentHashMap<>();

    Versions(JavaSparkContext spark, int length, int all, boolean shared, boolean handle) {
      this.all = all;
      this.spark = spark;
      this.values = Ledgers.random(length, 1).toArray();
      this.shared = shared;
      this.handle = handle;
    }

    byte[] answer(int worker, int round, int piece) {
      List<Integer> key = List.of(shared ? 0 : worker, round);
      Version version = made.get(key);
      if (version != null) {
        return piece < 0 ? version.head : version.pieces.reply(piece);
      }
      // in lock-step there is no new version until all want it
      Set<Integer> workers = wanted.computeIfAbsent(key, unused -> ConcurrentHashMap.newKeySet());
      if (workers.add(worker) && workers.size() == (shared ? all : 1)) {
        maker.execute(() -> make(key));
      }
      return new byte[1];
    }

    private void make(List<Integer> key) {
      made.put(key, handle ? broadcast() : encoded());
      Version old = made.remove(List.of(key.get(0), key.get(1) - 1));
      if (old != null && old.broadcast != null) {
        old.broadcast.destroy();
      }
    }

    private Version encoded() {
      // a fold makes a new vector: as much to write in both cases
      BlockState state = new BlockState(1, FloatVector.copyOf(values), Ledgers.statistics(1));
      EncodedState pieces = EncodedState.of(state, Message.CHUNK_BYTES);
      byte[] head = new byte[8];
      ByteBuffer.wrap(head).putInt(pieces.pieces()).putInt(values.length);
      return new Version(head, pieces, null);
    }

    private Version broadcast() {
      Broadcast<float[]> broadcast = spark.broadcast(values.clone());
      try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(broadcast);
        out.flush();
        return new Version(bytes.toByteArray(), null, broadcast);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    void close() throws InterruptedException {
      maker.shutdown();
      boolean unused = maker.awaitTermination(1, TimeUnit.MINUTES);
      made.values().stream()
          .filter(version -> version.broadcast != null)
          .forEach(version -> version.broadcast.destroy());
    }
  }

  /** Carries the questions. */
  public static final class Carriers implements SparkPlugin {
    static volatile Versions current;
    static volatile PluginContext context;

    @Override
    public DriverPlugin driverPlugin() {
      return new DriverPlugin() {
        @Override
        public Object receive(Object message) {
          ByteBuffer question =
              ByteBuffer.wrap((byte[]) message).order(ByteOrder.BIG_ENDIAN);
          return current.answer(question.getInt(), question.getInt(), question.getInt());
        }
      };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
      return new ExecutorPlugin() {
        @Override
        public void init(PluginContext mine, Map<String, String> fromDriver) {
          context = mine;
        }
      };
    }
  }
}
