package io.blockwise.job.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.spec.NetworkSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Runs of about a second: 360 rendered shapes in four shards, and a network of a few thousand
 * parameters. The data sets are prepared once for all tests of the process.
 */
public final class SmallRuns {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> SMALL =
      List.of(
          "run-id=run",
          "threads=1",
          "data.shapes.train=400",
          "data.shapes.test=100",
          "data.shards.train=4",
          "vgg-small.width=4",
          "scpl.head.features=pooled",
          "scpl.head.hidden=16",
          "scpl.head.width=16",
          "training.batch-size=16",
          "training.epochs=2",
          "report.interval=0s",
          "exit.features=flat",
          "training.learning-rate=3e-3");

  private static final String[] MANY_SHARDS = {"data.name=many", "data.shards.train=24"};

  private static final String[] NOISY = {"data.name=noisy", "data.label-noise.rate=0.4"};

  private static Path prepared;

  private SmallRuns() {}

  /** Something that prints and fails as it likes. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** A small configuration, its output {@code directory/out}, without a data set. */
  public static Settings unprepared(Path directory, String... sets) {
    try {
      Path conf = Files.writeString(directory.resolve("small.conf"), "");
      List<String> all = new ArrayList<>(SMALL);
      all.add("output=" + output(directory));
      all.addAll(List.of(sets));
      return Settings.load(conf, all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same configuration as the arguments of a command line, behind the command. */
  public static List<String> arguments(Path directory, String... sets) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(Files.writeString(directory.resolve("small.conf"), "").toString());
    arguments.add("--set=output=" + output(directory));
    Stream.concat(SMALL.stream(), Stream.of(sets)).forEach(set -> arguments.add("--set=" + set));
    return arguments;
  }

  /** The same as the text of a configuration, with the data set there; its runs name themselves. */
  public static String configuration(Path directory) {
    copyDataset(directory);
    return Stream.concat(SMALL.stream(), Stream.of("output=\"" + output(directory) + "\""))
        .filter(line -> !line.startsWith("run-id"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** A small configuration whose data set is there. */
  public static Settings settings(Path directory, String... sets) {
    copyDataset(directory);
    return unprepared(directory, sets);
  }

  /** The same with 24 training shards, so that there is more than a small memory holds. */
  public static Settings manyShards(Path directory, String... sets) {
    return settings(
        directory, Stream.concat(Stream.of(MANY_SHARDS), Stream.of(sets)).toArray(String[]::new));
  }

  /** The same with two fifths of the labels of train drawn anew from all classes. */
  public static Settings noisy(Path directory, String... sets) {
    return settings(
        directory, Stream.concat(Stream.of(NOISY), Stream.of(sets)).toArray(String[]::new));
  }

  /** Puts copies of the data sets where the configurations look for them. */
  public static void copyDataset(Path directory) {
    copy(prepared(), output(directory).resolve("datasets"));
  }

  /** The rows of some shards, all read anew. */
  public static List<Rows> rows(Dataset dataset, List<Shard> shards) {
    return shards.stream().map(dataset::read).toList();
  }

  public static Path output(Path directory) {
    return directory.resolve("out");
  }

  static Path run(Path directory) {
    return output(directory).resolve("runs/run");
  }

  public static Path versions(Path directory) {
    return output(directory).resolve("models/small/versions");
  }

  /** The lines of a run's events, but for those of leases that were trained. */
  public static List<JsonNode> events(Path directory) throws IOException {
    List<JsonNode> events = allEvents(directory);
    events.removeIf(event -> event.get("event").asText().equals("lease"));
    return events;
  }

  /** All lines of a run's events. */
  static List<JsonNode> allEvents(Path directory) throws IOException {
    return events(directory, "run");
  }

  /** The same of a run by its id. */
  static List<JsonNode> events(Path directory, String runId) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    Path run = run(directory).resolveSibling(runId);
    for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  /** The newest published model. */
  public static ModelVersion published(Path directory) throws IOException {
    String models = versions(directory).getParent().toString();
    return new ModelStore(new Configuration(), new org.apache.hadoop.fs.Path(models)).readLatest();
  }

  static JsonNode json(Path file) throws IOException {
    return JSON.readTree(Files.readAllBytes(file));
  }

  /** Trains and returns what was printed. */
  public static String train(Settings settings) throws Exception {
    return printed(() -> Training.run(settings));
  }

  /** What an action prints on standard output. */
  public static String printed(Action action) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, UTF_8));
    try {
      action.run();
    } finally {
      System.setOut(before);
    }
    return bytes.toString(UTF_8);
  }

  /** What a run is made of, for tests of one of them. */
  public record Parts(
      Dataset dataset,
      DatasetRows images,
      List<Shard> shards,
      WorkerPlan plan,
      List<BlockLedger> ledgers) {}

  /** The parts of a run, its data set being there. */
  public static Parts parts(Settings settings) {
    return parts(settings, new Configuration());
  }

  /** The same, with file systems of the test's own. */
  public static Parts parts(Settings settings, Configuration hadoop) {
    Dataset dataset = Datasets.openOrPrepare(settings, hadoop);
    DatasetRows images = new DatasetRows(dataset, Long.MAX_VALUE, 2);
    List<Shard> shards = dataset.manifest().split(Split.TRAIN).shards();
    int classes = dataset.manifest().classes().size();
    RowSchema schema = dataset.manifest().schema();
    NetworkSpec network = settings.network(RowTransform.input(schema), classes);
    WorkerPlan plan = Plans.of(settings, network, schema, shards);
    return new Parts(dataset, images, shards, plan, Ledgers.of("run", plan, Map.of()));
  }

  /** Hashes of all files below a directory, by their path in it. */
  static Map<String, Integer> content(Path directory) throws IOException {
    Map<String, Integer> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(
            directory.relativize(file).toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return content;
  }

  private static synchronized Path prepared() {
    if (prepared == null) {
      try {
        String name = "small-runs-" + System.getProperty("tests.fork", "1");
        Path directory = Files.createDirectories(Path.of("target", name));
        delete(output(directory));
        prepare(
            unprepared(directory),
            unprepared(directory, MANY_SHARDS),
            unprepared(directory, NOISY));
        prepared = output(directory).resolve("datasets");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return prepared;
  }

  public static void prepare(Settings... datasets) {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      for (Settings settings : datasets) {
        Datasets.openOrPrepare(settings, new Configuration());
      }
      spark.stop();
    }
  }

  static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
