package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a numerical library reads when it is loaded: the threads of one worker. The launcher asks
 * before it starts Spark, the job asks again what it should have been given. Loads neither Spark
 * nor a numerical library.
 */
public final class LaunchEnvironment {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[1-9]\\d{0,5}");

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
   * Threads of the numerical library on each thread of such a worker that computes.
   *
   * @throws UserException likewise, or if they do not suffice for {@code training.execution}
   */
  public static int libraryThreads(Settings settings) {
    return settings.libraryThreads(threads(settings));
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
    Master where = Master.of(master, processors).requireKnown();
    int cores = cores(where, settings.workers().count(), executorCores.orElse(1));
    int most = mostOfOneWorker(where, processors);
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
  private static int mostOfOneWorker(Master master, int processors) {
    return switch (master.kind()) {
      case LOCAL -> OVERSUBSCRIPTION * processors;
      case LOCAL_CLUSTER -> master.cores().getAsInt();
      case STANDALONE, CONTAINERS -> Integer.MAX_VALUE;
    };
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
  private static int cores(Master master, int workers, int executorCores) {
    return master.cores().isPresent()
        ? master.executors().orElse(1) * master.cores().getAsInt()
        : executorCores * workers;
  }

  private static OptionalInt number(String property) {
    return number(property, System.getProperty(property, ""));
  }

  /**
   * A number of cores or executors, if there is one.
   *
   * @throws UserException if the value is none
   */
  public static OptionalInt number(String key, String value) {
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!WHOLE_NUMBER.matcher(value).matches()) {
      throw UserException.invalid(key, value, "must be a whole number of at least 1");
    }
    return OptionalInt.of(Integer.parseInt(value));
  }
}
