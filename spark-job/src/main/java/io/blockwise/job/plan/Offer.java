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

  Offer {
    missing = List.copyOf(missing);
  }

  /**
   * Reads the master's URL and Spark's properties.
   *
   * @param processors of this machine
   * @throws UserException if no worker fits on an executor
   */
  static Offer of(String master, SparkProperties spark, int threads, int processors) {
    Matcher cluster = LOCAL_CLUSTER.matcher(master);
    Offer offer;
    if (cluster.matches()) {
      offer =
          new Offer(
              master,
              Kind.LOCAL_CLUSTER,
              OptionalInt.of(Integer.parseInt(cluster.group(1))),
              OptionalInt.of(Integer.parseInt(cluster.group(2))),
              threads,
              List.of());
    } else if (master.startsWith("local")) {
      Matcher local = LOCAL.matcher(master);
      String cores = local.matches() ? local.group(1) : "1";
      int count = cores.equals("*") ? processors : Integer.parseInt(cores);
      offer =
          new Offer(
              master, Kind.LOCAL, OptionalInt.empty(), OptionalInt.of(count), threads, List.of());
    } else {
      offer =
          master.startsWith("spark:")
              ? standalone(master, spark, threads)
              : containers(master, spark, threads);
    }
    offer.requireRoom();
    return offer;
  }

  private static Offer standalone(String master, SparkProperties spark, int threads) {
    OptionalInt cores = spark.number("spark.executor.cores");
    OptionalInt most = spark.number("spark.cores.max");
    List<String> missing = new ArrayList<>();
    if (cores.isEmpty()) {
      missing.add("give spark.executor.cores: without it an executor has all cores of its machine");
    }
    if (most.isEmpty()) {
      missing.add("give spark.cores.max: without it the application takes all there is");
    }
    OptionalInt executors =
        cores.isPresent() && most.isPresent()
            ? OptionalInt.of(most.getAsInt() / cores.getAsInt())
            : OptionalInt.empty();
    return new Offer(master, Kind.STANDALONE, executors, cores, threads, missing);
  }

  private static Offer containers(String master, SparkProperties spark, int threads) {
    List<String> missing = new ArrayList<>();
    OptionalInt cores = spark.number("spark.executor.cores");
    if (cores.isEmpty()) {
      missing.add("give spark.executor.cores: without it an executor has 1 core");
    }
    boolean elastic = spark.isTrue("spark.dynamicAllocation.enabled");
    String key = elastic ? "spark.dynamicAllocation.maxExecutors" : "spark.executor.instances";
    OptionalInt executors = spark.number(key);
    if (executors.isEmpty()) {
      missing.add("give " + key + ": without it there are " + (elastic ? "as many as fit" : "2"));
    }
    return new Offer(
        master,
        Kind.CONTAINERS,
        executors.isEmpty() && !elastic ? OptionalInt.of(2) : executors,
        OptionalInt.of(cores.orElse(1)),
        threads,
        missing);
  }

  private void requireRoom() {
    if (kind != Kind.LOCAL && slotsPerExecutor() == 0) {
      throw new UserException(
          "Cannot place a worker: it has "
              + threads
              + " threads (spark.task.cpus), an executor of "
              + master
              + " has "
              + cores.orElse(1)
              + " cores (raise spark.executor.cores, or lower threads)");
    }
    if (executors.isPresent() && executors.getAsInt() == 0) {
      throw new UserException(
          "Cannot place a worker: spark.cores.max is less than spark.executor.cores, which gives no"
              + " executor (raise spark.cores.max)");
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
      throw new UserException(
          "Cannot train with "
              + (lockStep ? count + " workers in lock-step" : "workers.min = " + needed)
              + ": "
              + master
              + " has places for "
              + places
              + " (give it more executors or cores, or lower "
              + (lockStep ? "workers" : "workers.min")
              + ")");
    }
    return Math.min(count, places);
  }

  /** Workers in one process, at most. */
  int workersPerProcess(int workers) {
    return isLocal() ? workers : Math.min(workers, slotsPerExecutor());
  }
}
