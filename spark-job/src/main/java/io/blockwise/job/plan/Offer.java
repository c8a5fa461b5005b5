package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.job.cli.Master;
import io.blockwise.job.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a master offers, as far as that is known before an application is started. Immutable.
 *
 * @param executors that there will be; empty if that is not known
 * @param cores of an executor, or of this machine's master; empty if that is not known
 * @param threads of a worker
 * @param missing what has to be given for a full answer, one sentence each
 */
record Offer(
    Master master, OptionalInt executors, OptionalInt cores, int threads, List<String> missing) {
  private static final String CORES = "spark.executor.cores";
  private static final String MOST_CORES = "spark.cores.max";
  private static final String EXECUTORS = "spark.executor.instances";
  private static final String MOST_EXECUTORS = "spark.dynamicAllocation.maxExecutors";

  /**
   * What the master's URL leaves open, Spark's properties say.
   *
   * @throws UserException if no worker fits on an executor
   */
  static Offer of(Master master, SparkProperties spark, int threads) {
    List<String> missing = new ArrayList<>();
    OptionalInt executors = master.executors();
    OptionalInt cores = master.cores();
    if (master.kind() == Master.Kind.STANDALONE) {
      cores = given(spark, CORES, "an executor has all cores of its machine", missing);
      OptionalInt most = given(spark, MOST_CORES, "the application takes all there is", missing);
      if (missing.isEmpty()) {
        executors = OptionalInt.of(most.getAsInt() / cores.getAsInt());
      }
    } else if (master.kind() == Master.Kind.CONTAINERS) {
      cores = OptionalInt.of(given(spark, CORES, "an executor has 1 core", missing).orElse(1));
      executors =
          "true".equals(spark.text("spark.dynamicAllocation.enabled").orElse(""))
              ? given(spark, MOST_EXECUTORS, "there are as many as fit", missing)
              : OptionalInt.of(given(spark, EXECUTORS, "there are 2", missing).orElse(2));
    }
    Offer offer = new Offer(master, executors, cores, threads, missing);
    offer.requireRoom();
    return offer;
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
    if (!isLocal() && slotsPerExecutor() == 0) {
      throw UserException.cannot(
          "place a worker",
          String.format(
              "it has %d threads (spark.task.cpus), an executor of %s has %d cores",
              threads, master.url(), cores.orElse(1)),
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
    return master.kind() == Master.Kind.LOCAL;
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
          master.url() + " has places for " + places,
          "give it more executors or cores, or lower " + (lockStep ? "workers" : "workers.min"));
    }
    return Math.min(count, places);
  }

  /** Workers in one process, at most. */
  int workersPerProcess(int workers) {
    return isLocal() ? workers : Math.min(workers, slotsPerExecutor());
  }
}
