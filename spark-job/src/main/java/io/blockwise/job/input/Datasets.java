package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.Preparation;
import io.blockwise.data.PrepareOptions;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.TerminalProgress;
import io.blockwise.job.config.DataSettings;
import io.blockwise.job.config.Settings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Finds or makes the data set that settings name. */
public final class Datasets {
  private Datasets() {}

  /**
   * The data set, prepared if it is not there. Spark is started only for that.
   *
   * @throws UserException if it cannot be prepared, or another one is in its place
   */
  public static Dataset openOrPrepare(Settings settings, Configuration hadoop) {
    PrepareOptions options = options(settings);
    if (existing(settings, hadoop).isEmpty()) {
      SparkSession spark = SparkSession.builder().appName("blockwise prepare").getOrCreate();
      Preparation.prepare(
          spark, options, new InsistentProgress(TerminalProgress.onStandardError()));
    }
    return Dataset.open(hadoop, options.directory());
  }

  /**
   * The data set if it is there already. Starts no Spark.
   *
   * @throws UserException if another one is in its place
   */
  public static Optional<Dataset> existing(Settings settings, Configuration hadoop) {
    PrepareOptions options = options(settings);
    return Preparation.existing(hadoop, options)
        .map(manifest -> Dataset.open(hadoop, options.directory()));
  }

  /** Bytes that all rows of some splits take in memory. */
  public static long rowBytes(Dataset dataset, Split... splits) {
    long rows =
        Arrays.stream(splits).mapToLong(split -> dataset.manifest().split(split).rows()).sum();
    return rows * dataset.manifest().schema().rowBytes();
  }

  /**
   * Refuses a data set of which a split or a file is missing, before work is put into the others.
   *
   * @throws UserException if a shard is not there, or not as long as the manifest says
   */
  public static void requireComplete(Dataset dataset, Configuration hadoop) {
    try {
      for (Split split : Split.values()) {
        Map<String, Long> lengths = lengths(dataset, split, hadoop);
        for (Shard shard : dataset.manifest().split(split).shards()) {
          requireComplete(dataset, shard, lengths.get(new Path(shard.file()).getName()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checksums are compared when a shard is read. */
  private static void requireComplete(Dataset dataset, Shard shard, Long length) {
    if (length == null || length != shard.bytes()) {
      throw UserException.cannot(
          "read shard " + shard.file(),
          length == null
              ? "it is missing from " + dataset.directory()
              : "its " + length + " bytes are not the manifest's " + shard.bytes(),
          "delete the data set and prepare it again");
    }
  }

  /** Of a split's files by name, from one look at their folder. */
  private static Map<String, Long> lengths(Dataset dataset, Split split, Configuration hadoop)
      throws IOException {
    Path folder = new Path(dataset.directory(), split.directory());
    try {
      return Arrays.stream(folder.getFileSystem(hadoop).listStatus(folder))
          .collect(Collectors.toMap(file -> file.getPath().getName(), FileStatus::getLen));
    } catch (FileNotFoundException e) {
      return Map.of(); // the first shard is what is missing
    }
  }

  /** The command {@code prepare}: makes the data set, or says that it is there. */
  public static void prepare(Settings settings) {
    Dataset dataset = openOrPrepare(settings, HadoopSettings.current());
    System.out.println("Data set " + dataset.directory());
    new DatasetText(dataset.manifest()).lines().forEach(System.out::println);
  }

  static PrepareOptions options(Settings settings) {
    DataSettings data = settings.data();
    Path directory = new Path(new Path(settings.output(), "datasets"), data.directory());
    Optional<Path> path = data.path().map(Path::new);
    boolean generated = data.kind() == DataKind.SHAPES;
    return new PrepareOptions(
        data.kind(),
        path.isEmpty() && data.download() && !generated
            ? Optional.of(directory.suffix("-raw"))
            : path,
        directory,
        data.seed(),
        data.validationFraction(),
        data.testFraction(),
        data.shards(),
        data.imageSize(),
        data.skipBad(),
        data.labelNoise(),
        data.download(),
        data.shapes(),
        data.text(),
        data.table(),
        data.side(),
        data.weights(),
        data.appendTo().map(name -> new Path(directory.getParent(), name)));
  }
}
