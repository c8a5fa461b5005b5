package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a master offers, as far as that is known before an application is started. Immutable.
 *
 * @param master its URL
 * @param kind how its workers run
 * @param executors that there will be; empty if that is not known
 * @param cores of an executor, or of this machine's master; empty if that is not known
 * @param threads of a worker
 * @param missing what has to be given for a full answer, one sentence each
 */
record Offer(
    String master,
    Kind kind,
    OptionalInt executors,
    OptionalInt cores,
    int threads,
    List<String> missing) {
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

  private static final Pattern LOCAL = Pattern.compile("local\\[(\\*|\\d+).*");

  private static final String CORES = "spark.executor.cores";
  private static final String MOST_CORES = "spark.cores.max";
  private static final String EXECUTORS = "spark.executor.instances";
  private static final String MOST_EXECUTORS = "spark.dynamicAllocation.maxExecutors";

  /** How workers run. */
  enum Kind {
    /** Threads of the driver. */
    LOCAL,
    /** Executors on this machine. */
    LOCAL_CLUSTER,
    /** Spark's own cluster manager. */
    STANDALONE,
    /** A manager that ends executors which take more memory than they have asked for. */
    CONTAINERS
  }

  /**
   * Reads the master's URL and Spark's properties.
   *
   * @param processors of this machine
   * @throws UserException if no worker fits on an executor
   */
  static Offer of(String master, SparkProperties spark, int threads, int processors) {
    Offer offer =
        master.startsWith("local")
            ? onThisMachine(master, threads, processors)
            : onCluster(master, spark, threads);
    offer.requireRoom();
    return offer;
  }

  private static Offer onThisMachine(String master, int threads, int processors) {
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    if (cluster.matches()) {
      OptionalInt executors = OptionalInt.of(Integer.parseInt(cluster.group(1)));
      OptionalInt cores = OptionalInt.of(Integer.parseInt(cluster.group(2)));
      return new Offer(master, Kind.LOCAL_CLUSTER, executors, cores, threads, List.of());
    }
    Matcher local = LOCAL.matcher(master);
    String cores = local.matches() ? local.group(1) : "1";
    OptionalInt count = OptionalInt.of(cores.equals("*") ? processors : Integer.parseInt(cores));
    return new Offer(master, Kind.LOCAL, OptionalInt.empty(), count, threads, List.of());
  }

  private static Offer onCluster(String master, SparkProperties spark, int threads) {
    List<String> missing = new ArrayList<>();
    if (master.startsWith("spark:")) {
      OptionalInt cores = given(spark, CORES, "an executor has all cores of its machine", missing);
      OptionalInt most = given(spark, MOST_CORES, "the application takes all there is", missing);
      OptionalInt executors =
          missing.isEmpty()
              ? OptionalInt.of(most.getAsInt() / cores.getAsInt())
              : OptionalInt.empty();
      return new Offer(master, Kind.STANDALONE, executors, cores, threads, missing);
    }
    int cores = given(spark, CORES, "an executor has 1 core", missing).orElse(1);
    OptionalInt executors =
        "true".equals(spark.text("spark.dynamicAllocation.enabled").orElse(""))
            ? given(spark, MOST_EXECUTORS, "there are as many as fit", missing)
            : OptionalInt.of(given(spark, EXECUTORS, "there are 2", missing).orElse(2));
    return new Offer(master, Kind.CONTAINERS, executors, OptionalInt.of(cores), threads, missing);
  }

  private static OptionalInt given(
      SparkProperties spark, String key, String otherwise, List<String> missing) {
    OptionalInt value = spark.number(key);
    if (value.isEmpty()) {
      missing.add("give " + key + ": without it " + otherwise);
    }
    return value;
  }

  private void requireRoom() {
    if (kind != Kind.LOCAL && slotsPerExecutor() == 0) {
      throw UserException.cannot(
          "place a worker",
          String.format(
              "it has %d threads (spark.task.cpus), an executor of %s has %d cores",
              threads, master, cores.orElse(1)),
          "raise spark.executor.cores, or lower threads");
    }
    if (executors.isPresent() && executors.getAsInt() == 0) {
      throw UserException.cannot(
          "place a worker",
          MOST_CORES + " is less than " + CORES + ", which gives no executor",
          "raise " + MOST_CORES);
    }
  }

  boolean isLocal() {
    return kind == Kind.LOCAL;
  }

  /** Workers that fit on an executor; 1 where its cores are not known. */
  int slotsPerExecutor() {
    return cores.isPresent() ? cores.getAsInt() / threads : 1;
  }

  /** Workers that can train at once; empty if that is not known, or not limited. */
  OptionalInt slots() {
    return executors.isPresent()
        ? OptionalInt.of(executors.getAsInt() * slotsPerExecutor())
        : OptionalInt.empty();
  }

  /**
   * Workers that will train at once.
   *
   * @throws UserException if there is no place for as many as the run needs
   */
  int workers(Settings settings) {
    int count = settings.workers().count();
    int places = slots().orElse(count);
    boolean lockStep = settings.averaging().options().lockStep();
    int needed = lockStep ? count : settings.workers().min();
    if (places < needed) {
      throw UserException.cannot(
          "train with " + (lockStep ? count + " workers in lock-step" : "workers.min = " + needed),
          master + " has places for " + places,
          "give it more executors or cores, or lower " + (lockStep ? "workers" : "workers.min"));
    }
    return Math.min(count, places);
  }

  /** Workers in one process, at most. */
  int workersPerProcess(int workers) {
    return isLocal() ? workers : Math.min(workers, slotsPerExecutor());
  }
}
