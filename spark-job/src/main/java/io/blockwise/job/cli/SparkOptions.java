package io.blockwise.job.cli;

import static io.blockwise.base.UserException.cannot;
import static io.blockwise.base.UserException.invalid;

import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Nearest;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.launcher.SparkLauncher;

/**
 * The words of a command line told apart: options of spark-submit, which may stand anywhere, and
 * what is Blockwise's own. Which options spark-submit has, and which of them take a value, its own
 * library says, so that those of another Spark pass, too. Used by one thread.
 */
final class SparkOptions {
  private static final List<String> OWN =
      List.of(
          "--set",
          "--append",
          "--run-id",
          "--parallel",
          "--help",
          "--version",
          "--exit",
          "--format",
          "--column",
          "--split",
          "--batch-size",
          "--engine",
          "--from",
          "--to",
          "--output",
          "--drop",
          "--cost",
          "--confidence");
  private static final Pattern WITH_VALUE = Pattern.compile("(--[^=]+)=(.*)", Pattern.DOTALL);

  /** All cores of this machine. */
  static final String LOCAL = "local[*]";

  /** Those that set a property, whatever --conf says. */
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "--executor-memory", "spark.executor.memory",
          "--executor-cores", "spark.executor.cores",
          "--num-executors", "spark.executor.instances",
          "--total-executor-cores", "spark.cores.max");

  private static final String GPU = "spark.executor.resource.gpu.";

  /** Handed on together with those of the launcher. */
  private static final Set<String> MERGED = Set.of("--jars", "--files", "--driver-class-path");

  private final Map<String, String> environment;
  private final List<String> own = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, String> given = new LinkedHashMap<>();
  private final Properties file = new Properties();

  /**
   * Tells the words apart.
   *
   * @param defaults file of Spark properties, which need not exist, where no other is named; the
   *     one of an installed Spark, {@code SPARK_HOME}, is not passed: spark-submit finds it
   * @throws UserException for what neither knows, and for values that cannot be used
   */
  SparkOptions(List<String> words, Map<String, String> environment, Path defaults) {
    this.environment = environment;
    Iterator<String> rest = words.iterator();
    while (rest.hasNext()) {
      take(rest.next(), rest);
    }
    readProperties(defaults);
    if (master().isEmpty()) {
      pass("--master", LOCAL);
    }
    if (!has("--driver-memory") && property("spark.driver.memory").isEmpty()) {
      pass("--driver-memory", "4g");
    }
    new SparkChecks(this).check();
    if (master().startsWith("local-cluster")) {
      passMemoryOfExecutors();
    }
    if (command().equals("plan")) {
      passPropertiesOnly();
    }
  }

  /** What is Blockwise's own: the command, its file, {@code --set}. */
  List<String> own() {
    return List.copyOf(own);
  }

  /** The command, or nothing. */
  String command() {
    return own.isEmpty() ? "" : own.get(0);
  }

  /** The master that is to run it. */
  String master() {
    return values.getOrDefault("--master", property("spark.master"));
  }

  /** Whether the driver is to run on a machine of the cluster. */
  boolean isDriverElsewhere() {
    String mode = values.getOrDefault("--deploy-mode", property("spark.submit.deployMode"));
    return mode.equals("cluster") && !command().equals("plan");
  }

  /** Whether executors are to have GPUs that YARN deals out, and nothing tells them which. */
  boolean lacksDiscoveryOfGpus() {
    return master().equals("yarn")
        && !property(GPU + "amount").isEmpty()
        && property(GPU + "discoveryScript").isEmpty();
  }

  /** The environment that this was made with. */
  Map<String, String> environment() {
    return environment;
  }

  /** The last value of an option; empty if it has none. */
  String value(String option) {
    return values.getOrDefault(option, "");
  }

  boolean has(String option) {
    return values.containsKey(option);
  }

  /** Whether an environment variable is set. */
  boolean isSet(String variable) {
    return !environment.getOrDefault(variable, "").isEmpty();
  }

  /** Value of a Spark property: of an option, else of the properties file; empty if it has none. */
  String property(String name) {
    String value = given.getOrDefault(name, "");
    return value.isEmpty() ? file.getProperty(name, "").strip() : value;
  }

  /** What goes to spark-submit, apart from jars and class path, which the launcher adds to. */
  List<String> passed() {
    return List.copyOf(passed);
  }

  /** spark-submit does not hand --executor-memory to this master. */
  private void passMemoryOfExecutors() {
    String memory = property("spark.executor.memory");
    if (memory.isEmpty()) {
      memory = master().replaceAll(".*,|\\D", "") + "m"; // local-cluster[executors,cores,megabytes]
    }
    given.put("spark.executor.memory", memory);
    passed.addAll(List.of("--conf", "spark.executor.memory=" + memory));
  }

  /**
   * A plan needs no cluster, but has to know it: with the cluster's own master Spark would go
   * there. What spark-submit takes for some masters only, it gets as properties.
   */
  private void passPropertiesOnly() {
    given.put("spark.blockwise.master", master());
    given.forEach((name, value) -> passed.addAll(List.of("--conf", name + "=" + value)));
    passed.addAll(List.of("--master", LOCAL, "--deploy-mode", "client"));
  }

  private void take(String word, Iterator<String> rest) {
    Matcher assigned = WITH_VALUE.matcher(word);
    String option = assigned.matches() ? assigned.group(1) : word;
    if (!word.startsWith("-") || word.equals("--") || isOwn(option)) {
      own.add(word);
      if (word.equals("--set") && rest.hasNext()) {
        own.add(rest.next());
      }
    } else if (takesValue(option)) {
      option(option, assigned.matches() ? assigned.group(2) : next(option, rest));
    } else if (isSwitch(option)) {
      passed.add(word);
    } else {
      throw unknown(option);
    }
  }

  private static boolean isOwn(String option) {
    return OWN.contains(option) || option.equals("-h") || option.equals("-V");
  }

  private static String next(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw cannot("run blockwise", option + " lacks its value", "see bin/blockwise --help");
    }
    return rest.next();
  }

  /** Asks by giving it none. */
  private static boolean takesValue(String option) {
    try {
      new SparkLauncher().addSparkArg(option);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** Asks by giving it a value. */
  private static boolean isSwitch(String option) {
    try {
      new SparkLauncher().addSparkArg(option, "value");
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static UserException unknown(String option) {
    return Nearest.within(1, option, OWN)
        .map(near -> cannot("run blockwise", "there is no " + option, "did you mean " + near + "?"))
        .orElseGet(
            () ->
                cannot(
                    "run blockwise",
                    "spark-submit has no option " + option,
                    "see bin/blockwise --help, and that of spark-submit"));
  }

  private void option(String option, String value) {
    switch (option) {
      case "--class" ->
          throw cannot("use --class", "bin/blockwise sets it", "use spark-submit itself");
      case "--conf", "-c" -> conf(option, value);
      case "--deploy-mode" -> {
        if (!Set.of("client", "cluster").contains(value)) {
          throw invalid(option, value, "must be client or cluster");
        }
      }
      case "--driver-memory" -> SparkChecks.requireMemory(option, value, 1);
      case "--driver-cores", "--executor-cores", "--num-executors", "--total-executor-cores" ->
          LaunchEnvironment.number(option, value);
      default -> {}
    }
    if (PROPERTIES.containsKey(option)) {
      given.put(PROPERTIES.get(option), value);
    }
    pass(option, value);
  }

  private void conf(String option, String value) {
    int equals = value.indexOf('=');
    if (equals < 1) {
      throw invalid(option, value, "must be NAME=VALUE");
    }
    given.put(value.substring(0, equals), value.substring(equals + 1));
  }

  private void pass(String option, String value) {
    values.put(option, value);
    if (!MERGED.contains(option)) {
      passed.addAll(List.of(option, value));
    }
  }

  private void readProperties(Path defaults) {
    String named = value("--properties-file");
    if (!named.isEmpty() && !isFile(named)) {
      throw cannot(
          "read " + named,
          "there is no such file",
          "give --properties-file a file of Spark properties");
    }
    Path path = named.isEmpty() ? defaults : Path.of(named);
    if (named.isEmpty() && !isSet("SPARK_HOME")) {
      pass("--properties-file", path.toString());
    }
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      file.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      if (Files.exists(path)) {
        throw cannot("read " + path, e.getMessage(), "correct it: one NAME VALUE a line");
      }
    }
  }

  private static boolean isFile(String name) {
    try {
      return Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
