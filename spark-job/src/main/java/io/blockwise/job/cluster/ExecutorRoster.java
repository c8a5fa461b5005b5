package io.blockwise.job.cluster;

import io.blockwise.job.cluster.executor.RunSetup;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.cluster.ExecutorInfo;
import scala.Option;

/**
 * The executors that are alive. Spark makes it, as one of {@code spark.extraListeners}: a listener
 * that is added later would miss the first executors. Thread-safe.
 */
public final class ExecutorRoster extends SparkListener {
  private static volatile ExecutorRoster current;

  private final Map<String, Executor> executors = new ConcurrentHashMap<>();

  /**
   * One executor.
   *
   * @param host as Spark names it
   */
  record Executor(String host, int cores, int gpus) {}

  /** Called by Spark, once in an application. */
  public ExecutorRoster() {
    current = this;
  }

  /** The roster of this process's Spark application; empty if that was started without one. */
  static Optional<ExecutorRoster> ofThisApplication() {
    return Optional.ofNullable(current);
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    executors.put(
        event.executorId(),
        new Executor(
            event.executorInfo().executorHost(),
            event.executorInfo().totalCores(),
            gpus(event.executorInfo())));
  }

  private static int gpus(ExecutorInfo executor) {
    Option<ResourceInformation> gpus = executor.resourcesInfo().get(RunSetup.GPU);
    return gpus.isDefined() ? gpus.get().addresses().length : 0;
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    executors.remove(event.executorId());
  }

  /** Spark tells of the tasks that an executor has lost or ends by before it tells of its end. */
  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (event.reason() instanceof ExecutorLostFailure lost) {
      executors.remove(lost.execId());
    }
    if (event.reason() instanceof ExceptionFailure thrown
        && thrown.className().equals(InternalError.class.getName())) {
      executors.remove(event.taskInfo().executorId());
    }
  }

  @Override
  public void onApplicationEnd(SparkListenerApplicationEnd event) {
    executors.clear();
  }

  /** Tasks of that kind that fit on all executors together. */
  int places(LeaseResources task) {
    return executors.values().stream()
        .mapToInt(executor -> task.placesOn(executor.cores, executor.gpus))
        .sum();
  }

  /**
   * An executor that has a place left.
   *
   * @param first is taken if it has one, else any
   * @param taken executor of every place that is taken
   */
  Optional<String> freeOne(String first, List<String> taken, LeaseResources task) {
    return Stream.concat(Stream.of(first), executors.keySet().stream().sorted())
        .filter(id -> Collections.frequency(taken, id) < placesOn(id, task))
        .findFirst();
  }

  private int placesOn(String id, LeaseResources task) {
    Executor executor = executors.get(id); // may be gone by now
    return executor == null ? 0 : task.placesOn(executor.cores, executor.gpus);
  }

  /** How Spark names an executor as a preferred location; empty if it is gone. */
  Optional<String> location(String executorId) {
    return Optional.ofNullable(executors.get(executorId))
        .map(executor -> "executor_" + executor.host + "_" + executorId);
  }

  /** For messages. */
  @Override
  public String toString() {
    int cores = executors.values().stream().mapToInt(Executor::cores).sum();
    int gpus = executors.values().stream().mapToInt(Executor::gpus).sum();
    return executors.size()
        + " executors with "
        + cores
        + " cores"
        + (gpus > 0 ? " and " + gpus + " GPUs" : "")
        + " in all";
  }
}
