package io.blockwise.data;

import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Ancestor;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.learn.Learned;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.shard.DealtRows;
import io.blockwise.data.shard.Sharding;
import io.blockwise.data.shard.SpreadSurvey;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
  private final SparkSession session;
  private final JavaSparkContext spark;
  private final RawData raw;
  private final DatasetDirectory directory;
  private final Optional<Parent> parent;

  private Preparation(
      SparkSession session, PrepareOptions options, LockTimes times, Progress progress) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.storage = new Storage(spark.hadoopConfiguration());
    this.options = options;
    this.times = times;
    this.progress = progress;
    this.parent = Parent.of(spark.hadoopConfiguration(), options);
    this.raw = raw(storage, options, parent);
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
      Optional<Parent> parent = Parent.of(conf, options);
      RawData raw = raw(storage, options, parent);
      existing.requireOptions(options.content(raw));
      existing.requireLine(parent.map(Parent::line).orElse(List.of()));
      existing.requireSkipped(options.skipBad());
      if (raw.isPresent(storage)) {
        existing.requireRaw(inClasses(raw.open(storage), parent));
      }
      return Optional.of(dataset.manifest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RawData raw(Storage storage, PrepareOptions options, Optional<Parent> parent) {
    RawData raw = RawData.of(storage, options);
    return parent.map(found -> raw.appendedTo(found.dataset())).orElse(raw);
  }

  private static RawRows inClasses(RawRows rows, Optional<Parent> parent) {
    return parent.map(found -> found.inItsClasses(rows)).orElse(rows);
  }

  private Manifest run() throws IOException, ExecutionException, InterruptedException {
    Optional<Manifest> existing = existing(spark.hadoopConfiguration(), options);
    if (existing.isPresent()) {
      return existing.get();
    }
    parent.ifPresent(found -> found.requireOptions(options.content(raw)));
    directory.requireUsable();
    try (DirectoryLock lock =
        DirectoryLock.acquire(storage, options.directory(), times, progress::began)) {
      // Whoever held the lock until now may have made it.
      existing = existing(spark.hadoopConfiguration(), options);
      return existing.isPresent() ? existing.get() : provideAndMake(lock);
    }
  }

  private Manifest provideAndMake(DirectoryLock lock)
      throws IOException, ExecutionException, InterruptedException {
    try {
      raw.provide(session, storage, options, times, progress);
      return make(lock);
    } finally {
      discardCopy(lock);
    }
  }

  /** Not where another process has taken over, whose copy lies at the same place. */
  private void discardCopy(DirectoryLock lock) {
    if (options.isTableOfSession()) {
      try {
        lock.requireStillHeld();
        storage.delete(options.raw());
      } catch (IOException | RuntimeException e) {
        progress.began("Could not remove " + options.raw() + ": " + Printable.firstLine(e));
      }
    }
  }

  private Manifest make(DirectoryLock lock)
      throws IOException, ExecutionException, InterruptedException {
    long start = System.nanoTime();
    Progress locked = new LockedProgress(lock, progress);
    Reading reading = readable(locked);
    RawRows rows = reading.rows();
    DealtRows dealt = reading.dealt();
    Learned learned = reading.learned();
    List<ListedFile> files = new Sharding(spark, storage, rows, locked).checksums();
    parent.ifPresent(found -> found.requireNew(files));
    lock.requireStillHeld();
    directory.clear();
    try {
      List<Ancestor> line = parent.map(Parent::line).orElse(List.of());
      Map<Split, SplitContent> splits = dealt.write(learned, options.directory(), locked);
      Manifest manifest =
          new Manifest(
              Manifest.version(learned.schema().fields(), dealt.drawn(), line),
              options.kind().toString(),
              rows.classes(),
              learned.schema().fields(),
              options.seed(),
              options.content(raw),
              files,
              splits,
              rows.bad().size(),
              dealt.relabelled(),
              dealt.drawn(),
              learned.writeBeside(storage, options.directory()),
              line);
      lock.requireStillHeld();
      directory.publish(manifest);
      if (options.noise().rate() > 0) {
        progress.began(noise(manifest));
      }
      progress.began(rate(manifest, System.nanoTime() - start));
      return manifest;
    } catch (Exception e) {
      abandon(lock, e);
      throw e;
    }
  }

  private String noise(Manifest manifest) {
    long train = manifest.split(Split.TRAIN).rows();
    return String.format(
        Locale.ROOT,
        "Drew %d of %d labels of train anew (%s): %d are others, an effective rate of %.4f",
        manifest.drawn(),
        train,
        Names.of(options.noise().kind()),
        manifest.relabelled(),
        manifest.flipRate());
  }

  private static String rate(Manifest manifest, long nanos) {
    long rows = manifest.splits().values().stream().mapToLong(SplitContent::rows).sum();
    double seconds = nanos / 1e9;
    return String.format(
        Locale.ROOT, "Prepared %d rows in %.1f s, %.0f rows/s", rows, seconds, rows / seconds);
  }

  /**
   * Rows that were read and dealt, but not written.
   *
   * @param learned from those of train
   */
  private record Reading(RawRows rows, DealtRows dealt, Learned learned) {}

  /**
   * Without what cannot be read, if so much may be left out. Reading is what tells, so that every
   * file is decoded once; only where some are left out the others are read and dealt again.
   */
  private Reading readable(Progress locked)
      throws IOException, ExecutionException, InterruptedException {
    RawRows found = inClasses(raw.open(storage, new SpreadSurvey(spark, storage, locked)), parent);
    BadFiles.passedOver(found).ifPresent(progress::began);
    progress.began(estimate(found));
    Reading reading = read(found, locked);
    List<BadFile> unread = reading.dealt().bad();
    BadFiles bad = new BadFiles(found, unread);
    bad.require(options.skipBad(), options.raw());
    bad.leftOut().ifPresent(progress::began);
    return unread.isEmpty() ? reading : read(found.without(unread), locked);
  }

  private String estimate(RawRows found) {
    long bytes = raw.bytes(found);
    return String.format(
        Locale.ROOT,
        "Preparing %s in %s: %d rows in %.1f MB of raw files; the data set will take about %.0f MB",
        options.kind(),
        options.raw(),
        found.count(),
        bytes / 1e6,
        Math.ceil(found.schema().expectedBytes(found.count(), bytes) / 1e6));
  }

  private Reading read(RawRows rows, Progress locked)
      throws ExecutionException, InterruptedException {
    DealtRows dealt = dealt(rows, locked);
    return new Reading(rows, dealt, dealt.learn(raw.learner(), locked));
  }

  private DealtRows dealt(RawRows rows, Progress locked)
      throws ExecutionException, InterruptedException {
    Sharding sharding = new Sharding(spark, storage, rows, locked);
    try {
      return sharding.deal(options.kind().toString(), options.sharding());
    } catch (UserException e) {
      // what cannot be read comes first: without it there are fewer rows still
      new BadFiles(rows, sharding.bad()).require(options.skipBad(), options.raw());
      throw e;
    }
  }

  private void abandon(DirectoryLock lock, Exception failure) {
    try {
      lock.requireStillHeld();
      directory.abandon();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}
