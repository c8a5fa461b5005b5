package io.blockwise.job.bench;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.model.engine.Batch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A pass over the training shards of 20,000 generated images of 3x32x32, from files that the
 * operating system has in its cache: rows and MB of pixels per second.
 *
 * <p>{@code read} is what {@link Dataset} does alone: checksum, Parquet, zstd. {@code held} also
 * puts weakly augmented batches of 128 together when all rows are in memory; {@code streamed} does
 * so with memory for a tenth of them, while one further thread reads the next window.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh=ShardReading
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class ShardReading {
  private static final int BATCH = 128;
  private static final int USERS = 1;

  private Path directory;
  private Dataset dataset;
  private List<Shard> shards;
  private long bytes;

  /** What JMH divides by the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Amount {
    public double rows;
    public double megabytes;
  }

  @Setup(Level.Trial)
  public void prepare() throws IOException {
    directory = Files.createTempDirectory("shards");
    Path empty = Files.createFile(directory.resolve("shapes.conf"));
    Settings settings =
        Settings.load(
            empty,
            List.of(
                "output=" + directory,
                "data.shapes.train=20000",
                "data.shapes.test=100",
                "data.shards.train=40",
                "data.shards.validation=10"));
    SparkSession spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    dataset = Datasets.openOrPrepare(settings, new Configuration());
    spark.stop();
    shards = dataset.manifest().split(Split.TRAIN).shards();
    bytes = shards.stream().mapToLong(shard -> (long) shard.rows() * rowBytes()).sum();
  }

  @TearDown(Level.Trial)
  public void delete() throws IOException {
    FileUtils.deleteDirectory(directory.toFile());
  }

  @Benchmark
  public long read(Amount amount) {
    long rows = 0;
    for (Shard shard : shards) {
      rows += dataset.read(shard).count();
    }
    count(rows, amount);
    return rows;
  }

  @Benchmark
  public Batch held(Amount amount) throws InterruptedException {
    return batches(4 * bytes, amount);
  }

  @Benchmark
  public Batch streamed(Amount amount) throws InterruptedException {
    return batches(bytes / 10, amount);
  }

  private Batch batches(long memory, Amount amount) throws InterruptedException {
    DatasetRows images = new DatasetRows(dataset, memory, USERS);
    RowTransform weak = RowTransform.of(dataset.manifest().schema(), Augmentation.WEAK);
    try (BatchSource source = images.shuffled(shards, weak, new Pass(1, 1, 0), BATCH)) {
      Batch batch = source.allocate();
      for (int i = 0; i < source.batches(); i++) {
        source.fill(i, batch);
      }
      count((long) source.batches() * BATCH, amount);
      return batch;
    }
  }

  private void count(long rows, Amount amount) {
    amount.rows += rows;
    amount.megabytes += rows * rowBytes() / 1e6;
  }

  private int rowBytes() {
    return (int) dataset.manifest().schema().rowBytes();
  }
}
