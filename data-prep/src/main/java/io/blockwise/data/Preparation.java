package io.blockwise.data;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.DatasetDirectory;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.RowStatistics;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.shard.ShardPlan;
import io.blockwise.data.shard.ShardSummary;
import io.blockwise.data.shard.Sharding;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Makes a data set out of raw files, as Spark work.
 *
 * <p>The same raw files and options give the same bytes, whatever the number of cores and
 * executors. Used by one thread.
 */
public final class Preparation {
  private final Storage storage;
  private final PrepareOptions options;
  private final LockTimes times;
  private final Progress progress;
  private final JavaSparkContext spark;
  private final RawData raw;
  private final DatasetDirectory directory;

  private Preparation(
      SparkSession session, PrepareOptions options, LockTimes times, Progress progress) {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.storage = new Storage(spark.hadoopConfiguration());
    this.options = options;
    this.times = times;
    this.progress = progress;
    this.raw = new RawData(storage, options);
    this.directory = new DatasetDirectory(storage, options.directory());
  }

  /**
   * Prepares the data set, unless it is there with the same options. What an interrupted
   * preparation left is removed; nothing is written before the raw data was found to be usable. If
   * another process prepares the same data set, waits for it and uses what it makes.
   *
   * @return its manifest, of the data set that was there or the new one
   * @throws io.blockwise.base.UserException if the user must fix something: raw files, options, the
   *     output, or a data set of other options in its place
   */
  public static Manifest prepare(SparkSession spark, PrepareOptions options, Progress progress) {
    return prepare(spark, options, LockTimes.NORMAL, progress);
  }

  /** With another patience for other processes. */
  static Manifest prepare(
      SparkSession spark, PrepareOptions options, LockTimes times, Progress progress) {
    try {
      return new Preparation(spark, options, times, progress).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The preparation was interrupted", e);
    } catch (Exception e) {
      // Not only what is declared: Spark's actions throw its checked exception undeclared.
      throw PreparationFailure.of(e, spark, options);
    }
  }

  /**
   * The data set that is there already, without any Spark work.
   *
   * @return its manifest; empty if there is no complete data set
   * @throws io.blockwise.base.UserException if it was made with other options or from other raw
   *     files
   */
  public static Optional<Manifest> existing(Configuration conf, PrepareOptions options) {
    Storage storage = new Storage(conf);
    try {
      if (!storage.isFile(new Path(options.directory(), Manifest.FILE_NAME))) {
        return Optional.empty();
      }
      Dataset dataset = Dataset.open(conf, options.directory());
      ExistingDataset existing = new ExistingDataset(dataset);
      existing.requireOptions(options.content());
      existing.requireSkipped(options.skipBad());
      RawData raw = new RawData(storage, options);
      if (raw.isPresent()) {
        existing.requireRaw(raw.open());
      }
      return Optional.of(dataset.manifest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Manifest run() throws IOException, ExecutionException, InterruptedException {
    Optional<Manifest> existing = existing(spark.hadoopConfiguration(), options);
    if (existing.isPresent()) {
      return existing.get();
    }
    directory.requireUsable();
    try (DirectoryLock lock =
        DirectoryLock.acquire(storage, options.directory(), times, progress::began)) {
      // Whoever held the lock until now may have made it.
      existing = existing(spark.hadoopConfiguration(), options);
      return existing.isPresent() ? existing.get() : make(lock);
    }
  }

  private Manifest make(DirectoryLock lock)
      throws IOException, ExecutionException, InterruptedException {
    raw.provide(spark, times, progress);
    RawImages images = readable(raw.open(), lock);
    Sharding sharding = new Sharding(spark, storage, images, options.sharding());
    progress.began("Reading labels of " + options.kind() + " in " + options.raw());
    ShardPlan plan = sharding.plan(options.kind().toString());
    lock.requireStillHeld();
    directory.clear();
    try {
      Progress locked = new LockedProgress(lock, progress);
      List<ShardSummary> shards = sharding.write(plan, options.directory(), locked);
      Manifest manifest = manifest(images, sharding, plan, shards);
      lock.requireStillHeld();
      directory.publish(manifest);
      return manifest;
    } catch (Exception e) {
      abandon(lock, e);
      throw e;
    }
  }

  /** Without what cannot be read, if so much may be left out. */
  private RawImages readable(RawImages found, DirectoryLock lock)
      throws ExecutionException, InterruptedException {
    if (options.kind() != DataKind.IMAGE_FOLDER) {
      return found;
    }
    BadFiles.passedOver(found).ifPresent(progress::began);
    Sharding sharding = new Sharding(spark, storage, found, options.sharding());
    List<BadFile> unread = sharding.badFiles(new LockedProgress(lock, progress));
    BadFiles bad = new BadFiles(found, unread);
    bad.require(options.skipBad(), options.raw());
    bad.leftOut().ifPresent(progress::began);
    return found.without(unread);
  }

  private void abandon(DirectoryLock lock, Exception failure) {
    try {
      lock.requireStillHeld();
      directory.abandon();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private Manifest manifest(
      RawImages images, Sharding sharding, ShardPlan plan, List<ShardSummary> shards) {
    RowStatistics statistics = new RowStatistics(images.schema());
    shards.stream()
        .filter(shard -> plan.split(shard.number()) == Split.TRAIN)
        .forEach(shard -> statistics.add(shard.statistics()));
    return new Manifest(
        Manifest.FORMAT_VERSION,
        options.kind().toString(),
        images.classes(),
        statistics.in(images.schema()).fields(),
        options.seed(),
        options.content(),
        sharding.checksums(),
        splits(plan, shards),
        images.bad().size());
  }

  private static Map<Split, SplitContent> splits(ShardPlan plan, List<ShardSummary> shards) {
    Map<Split, SplitContent> splits = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      List<Shard> files =
          shards.stream()
              .filter(shard -> plan.split(shard.number()) == split)
              .map(ShardSummary::shard)
              .toList();
      long[] rows = plan.rowsPerClass(split);
      splits.put(
          split,
          new SplitContent(LongStream.of(rows).sum(), LongStream.of(rows).boxed().toList(), files));
    }
    return splits;
  }
}
