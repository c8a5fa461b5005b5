package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a numerical library reads when it is loaded: the threads of one worker. The launcher asks
 * before it starts Spark, the job asks again what it should have been given. Loads neither Spark
 * nor a numerical library.
 */
public final class LaunchEnvironment {
  static final Pattern LOCAL = Pattern.compile("local(?:\\[(\\*|[1-9]\\d*)(?:,.*)?])?");
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,.*]");

  private static final Pattern WHOLE_NUMBER = Pattern.compile("[1-9]\\d{0,5}");
  private static final Pattern CLUSTER = Pattern.compile("(?:spark|k8s|mesos)://.+|yarn");

  private static final int OVERSUBSCRIPTION = 4;

  private LaunchEnvironment() {}

  /**
   * Threads of one worker, by the Spark properties that are set as system properties and the
   * configuration.
   *
   * @throws UserException if the two disagree
   */
  public static int threads(Settings settings) {
    return threads(
        settings,
        System.getProperty("spark.master", "local[*]"),
        number("spark.task.cpus"),
        number("spark.executor.cores"),
        Runtime.getRuntime().availableProcessors());
  }

  /**
   * Threads of one worker: {@code spark.task.cpus} if given, else the configuration's, else an even
   * share of the master's cores.
   *
   * @param processors of this machine
   * @throws UserException if the property and the configuration disagree
   */
  public static int threads(
      Settings settings,
      String master,
      OptionalInt taskCpus,
      OptionalInt executorCores,
      int processors) {
    if (taskCpus.isPresent() && settings.compute().threads() > 0) {
      requireEqual(taskCpus.getAsInt(), settings.compute().threads());
    }
    if (taskCpus.isPresent()) {
      return requireOfMachine("spark.task.cpus", taskCpus.getAsInt(), master, processors);
    }
    requireOfMachine("threads", settings.compute().threads(), master, processors);
    int cores = cores(master, settings.workers().count(), executorCores.orElse(1), processors);
    int most = mostOfOneWorker(master, processors);
    if (settings.compute().threads() > most) {
      String rule = "must be at most " + most + ", the cores of an executor of " + master;
      throw UserException.invalid("threads", settings.compute().threads(), rule);
    }
    return Math.min(most, settings.threadsPerWorker(cores));
  }

  /** Some more threads than cores do no harm; the libraries crash on thousands. */
  private static int requireOfMachine(String key, int threads, String master, int processors) {
    int most = OVERSUBSCRIPTION * processors;
    if (master.startsWith("local") && threads > most) {
      String rule =
          "must be at most " + most + ", " + OVERSUBSCRIPTION + " times the cores of this machine";
      throw UserException.invalid(key, threads, rule);
    }
    return threads;
  }

  /** A worker cannot use the cores of several executors, nor more than the machine bears. */
  private static int mostOfOneWorker(String master, int processors) {
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return coresOf(cluster.group(2), master);
    }
    return LOCAL.matcher(master).matches() ? OVERSUBSCRIPTION * processors : Integer.MAX_VALUE;
  }

  private static int coresOf(String text, String master) {
    if (!WHOLE_NUMBER.matcher(text).matches()) {
      throw invalid(master);
    }
    return Integer.parseInt(text);
  }

  private static UserException invalid(String master) {
    return UserException.invalid(
        "--master", master, "must be local[*], local[N], spark://HOST:PORT, k8s://URL or yarn");
  }

  private static void requireEqual(int taskCpus, int threads) {
    if (taskCpus != threads) {
      throw UserException.cannot(
          "use spark.task.cpus = " + taskCpus,
          "the configuration says threads = " + threads,
          "give one of the two, or the same number");
    }
  }

  /** Cores that the workers share; on a cluster one executor for each worker is assumed. */
  private static int cores(String master, int workers, int executorCores, int processors) {
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      String cores = local.group(1);
      return cores == null ? 1 : cores.equals("*") ? processors : coresOf(cores, master);
    }
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      return coresOf(cluster.group(1), master) * coresOf(cluster.group(2), master);
    }
    if (!CLUSTER.matcher(master).matches()) {
      throw invalid(master);
    }
    return executorCores * workers;
  }

  private static OptionalInt number(String property) {
    return number(property, System.getProperty(property, ""));
  }

  /** A number of cores or executors, if there is one. */
  static OptionalInt number(String key, String value) {
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!WHOLE_NUMBER.matcher(value).matches()) {
      throw UserException.invalid(key, value, "must be a whole number of at least 1");
    }
    return OptionalInt.of(Integer.parseInt(value));
  }
}
