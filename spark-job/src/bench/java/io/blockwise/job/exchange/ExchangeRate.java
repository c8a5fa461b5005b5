package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * MB/s that one driver pushes and pulls, and what that costs it: workers that do nothing but push
 * one block and adopt what comes back, each fold under the rule {@code average}.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djob.bench=exchange.ExchangeRate \
 *     -Dbench.args="3 4"
 * </pre>
 *
 * <p>Arguments: runs, seconds of each.
 */
final class ExchangeRate {
  private static final int[] MEGABYTES = {1, 10, 100};
  private static final int[] WORKERS = {2, 4, 8};

  private ExchangeRate() {}

  public static void main(String[] arguments) {
    int runs = Integer.parseInt(arguments[0]);
    int seconds = Integer.parseInt(arguments[1]);
    SparkSession spark = BenchCluster.session(ExchangePlugin.class);
    measure(spark, "warm-up", 10, 2, 15);
    for (int run = 1; run <= runs; run++) {
      for (int megabytes : MEGABYTES) {
        for (int workers : WORKERS) {
          measure(spark, "run " + run, megabytes, workers, seconds);
        }
      }
    }
    spark.stop();
  }

  private static void measure(
      SparkSession spark, String name, int megabytes, int workers, int seconds) {
    int values = megabytes * 1_000_000 / Float.BYTES;
    String run = name + "-" + megabytes + "-" + workers;
    List<BlockLedger> ledgers = Ledgers.zeros(run, Ledgers.average(), values);
    try (ExchangeServer server =
        ExchangeServer.serve(run, ledgers, Wire.WORKERS, Wire.NOBODY, Wire.LONGEST_IDLE)) {
      BenchCluster.Result result =
          BenchCluster.measure(
              spark, workers, (worker, start) -> pushAndPull(run, worker, values, start, seconds));
      System.out.printf(
          "%s: %3d MB, %d workers: %4.0f MB/s both ways, %.2f s; driver CPU ms/MB: %.2f in all,"
              + " plugin thread %.2f, ledger %.2f; %d pushes, busy %d, pending %d, held %d MB%n",
          name,
          megabytes,
          workers,
          result.megabytesPerSecond(),
          result.seconds(),
          result.cpuMillisPerMegabyte(),
          result.cpuMillisPerMegabyte("plugin"),
          result.cpuMillisPerMegabyte("blockwise-ledger"),
          ledgers.get(0).counts().received(),
          server.messages().of(Status.BUSY),
          server.messages().of(Status.PENDING),
          server.mostHeldBytes() / 1_000_000);
    }
  }

  private static long pushAndPull(String run, int worker, int values, long start, int seconds)
      throws Exception {
    PluginExchange exchange = ExchangePlugin.ofThisExecutor();
    LeaseAttempt lease = new LeaseAttempt(run, worker, 1, worker);
    long base = exchange.open(lease).get(0).state().version();
    Payload payload = Payload.of(Codec.FP32, new float[values]);
    FloatVector statistics = Ledgers.statistics(1);
    BenchCluster.waitUntil(start);
    long end = start + seconds * 1000L;
    long bytes = 0;
    for (long sequence = 1; System.currentTimeMillis() < end; sequence++) {
      Push push =
          new Push(lease, 1, sequence, base, 10, Push.Kind.DELTA, false, payload, statistics);
      Reply unused = exchange.push(push).get();
      Reply settled = exchange.await(new Fetch(lease, 1, sequence), Duration.ofSeconds(60));
      base = settled.state().version();
      bytes +=
          (long) payload.length() * Float.BYTES
              + (long) settled.state().value().length() * Float.BYTES;
    }
    exchange.close(lease, 1);
    return bytes;
  }
}
