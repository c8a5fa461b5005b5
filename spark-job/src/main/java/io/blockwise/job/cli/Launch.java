package io.blockwise.job.cli;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.CalibrateOptions;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.device.EngineSelection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code bin/blockwise} asks before it starts Spark, in a small JVM without it: checks a
 * command line and its configuration, and prints assignments of variables for the shell.
 *
 * <pre>
 *   master='local[*]'              of spark-submit
 *   threads=2                      of the library, to be set before it is loaded
 *   engines='torch dl4j'           whose jars must be on the class path
 *   baseline=''                    training.baseline, likewise
 *   jars='' class_path='' files='' of --jars, --driver-class-path and --files
 *   shipment='' variables=''       directory of {@link Shipment}, and the file of variables in it
 *   discovery=''                   yes if executors need a script that finds their GPUs
 *   spark_arguments=('--master' .) for spark-submit
 *   arguments=('train' .)          for Blockwise
 * </pre>
 *
 * <p>The system property {@code blockwise.properties} names the file of Spark properties where no
 * other is given. Help is printed as it is. Exit codes are those of the command line. Used by one
 * thread.
 */
public final class Launch {
  private static final String[] HELP = {"--help"};

  private static final Pattern SHARED = Pattern.compile("(?!file:)[a-z][a-z0-9+.-]*:/");

  private final SparkOptions options;

  private Launch(SparkOptions options) {
    this.options = options;
  }

  /** Prints what a command needs, or its help. */
  public static void main(String[] words) {
    int code = run(List.of(words), Path.of(System.getProperty("blockwise.properties")));
    if (code != ExitCode.DONE) {
      System.exit(code);
    }
  }

  static int run(List<String> words, Path properties) {
    try {
      return new Launch(new SparkOptions(words, System.getenv(), properties)).run();
    } catch (UserException e) {
      System.err.println(e.getMessage());
      return ExitCode.USER_ERROR;
    }
  }

  private int run() {
    return Commands.run(
        new Actions(
            this::print,
            output -> print(1, "", ""),
            this::print,
            this::print,
            this::print,
            (model, drop) -> print(1, "", ""),
            (model, to) -> print(1, "", ""),
            options -> print(1, "", "")),
        () -> false,
        options.own().isEmpty() ? HELP : options.own().toArray(String[]::new));
  }

  private void print(Action action, Settings settings) {
    requireShared(settings.output());
    boolean computes = action != Action.PREPARE;
    int threads = action == Action.TRAIN ? libraryThreads(settings) : threads(settings);
    print(threads, computes ? engines(settings) : "", computes ? baseline(settings) : "");
  }

  private void print(Comparison comparison, int parallel) {
    requireShared(comparison.output());
    int threads = OneProcess.threads(comparison, this::threads);
    int processors = Runtime.getRuntime().availableProcessors();
    OneProcess.requireRoom(comparison, parallel, options.master(), threads, processors);
    String engines =
        comparison.runs().stream()
            .flatMap(run -> Stream.of(engines(run.settings()).split(" ")))
            .distinct()
            .collect(Collectors.joining(" "));
    print(OneProcess.threads(comparison, this::libraryThreads), engines, "");
  }

  /** A task computes with its share of the cores. */
  private void print(PredictOptions wanted) {
    OptionalInt cores =
        LaunchEnvironment.number("spark.task.cpus", options.property("spark.task.cpus"));
    print(cores.orElse(1), engines(wanted.engine()), "");
  }

  private void print(CalibrateOptions wanted) {
    OptionalInt cores =
        LaunchEnvironment.number("spark.task.cpus", options.property("spark.task.cpus"));
    print(cores.orElse(Runtime.getRuntime().availableProcessors()), engines(wanted.engine()), "");
  }

  private void print(int threads, String engines, String baseline) {
    boolean plan = options.command().equals("plan");
    System.out.println("master=" + quoted(plan ? SparkOptions.LOCAL : options.master()));
    System.out.println("threads=" + threads);
    System.out.println("engines=" + quoted(engines));
    System.out.println("baseline=" + quoted(baseline));
    System.out.println("jars=" + quoted(options.value("--jars")));
    System.out.println("class_path=" + quoted(options.value("--driver-class-path")));
    System.out.println("files=" + quoted(options.value("--files")));
    System.out.println("discovery=" + quoted(options.lacksDiscoveryOfGpus() ? "yes" : ""));
    System.out.println("spark_arguments=" + quoted(options.passed()));
    System.out.println("arguments=" + quoted(options.isDriverElsewhere() ? ship() : options.own()));
  }

  /** Prints what goes along to the driver; the result is what Blockwise is told there. */
  private List<String> ship() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    Shipment shipment = Shipment.of(options.own(), options.environment(), temporary);
    System.out.println("shipment=" + quoted(shipment.directory().toString()));
    System.out.println("variables=" + quoted(shipment.variables()));
    return shipment.arguments();
  }

  /** What a driver elsewhere writes to its own disk is lost with its container. */
  private void requireShared(String output) {
    if (options.isDriverElsewhere() && !SHARED.matcher(output).lookingAt()) {
      throw UserException.cannot(
          "use output = " + output + " with --deploy-mode cluster",
          "the driver runs on a machine of the cluster, and its disk is not shared",
          "give a place such as --set output=hdfs://host:8020/blockwise or s3a://bucket/blockwise");
    }
  }

  private static String quoted(List<String> words) {
    return words.stream().map(Launch::quoted).collect(Collectors.joining(" ", "(", ")"));
  }

  /** As a shell reads it, whatever is in the word. */
  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  private int libraryThreads(Settings settings) {
    return settings.libraryThreads(threads(settings));
  }

  private int threads(Settings settings) {
    return LaunchEnvironment.threads(
        settings,
        options.master(),
        LaunchEnvironment.number("spark.task.cpus", options.property("spark.task.cpus")),
        LaunchEnvironment.number("spark.executor.cores", options.property("spark.executor.cores")),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * One engine, or on a local master with {@code engine = auto} all that may be tried: there the
   * process that decides is the one that computes. The baseline computes with what dl4j brings.
   */
  private String engines(Settings settings) {
    if (!baseline(settings).isEmpty()) {
      return EngineName.DL4J.text();
    }
    return engines(settings.engineChoice());
  }

  private String engines(EngineChoice wanted) {
    EngineSelection selection = EngineSelection.expected(wanted, Optional.empty());
    return wanted.isOpen() && Master.isLocal(options.master())
        ? EngineName.STANDARD.stream().map(EngineName::text).collect(Collectors.joining(" "))
        : selection.choice().name().text();
  }

  private static String baseline(Settings settings) {
    TrainingSettings.Baseline baseline = settings.training().baseline();
    return baseline == TrainingSettings.Baseline.NONE ? "" : Names.of(baseline);
  }
}
