package io.blockwise.job.cluster;

import io.blockwise.job.cluster.executor.RunSetup;
import io.blockwise.job.config.DeviceName;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * What a worker's task takes of an executor: cores, and a whole GPU where executors have some. Only
 * tasks that train ask for the GPU, so that data preparation is not held up by devices. Immutable.
 *
 * @param cores of a task
 * @param gpu whether it takes a GPU
 */
record LeaseResources(int cores, boolean gpu) {
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";

  static LeaseResources of(SparkConf conf, DeviceName device) {
    return new LeaseResources(
        conf.getInt("spark.task.cpus", 1),
        device != DeviceName.CPU && conf.getInt(EXECUTOR_GPUS, 0) > 0);
  }

  /** Tasks that fit on an executor at the same time. */
  int placesOn(int executorCores, int executorGpus) {
    int byCores = executorCores / cores;
    return gpu ? Math.min(byCores, executorGpus) : byCores;
  }

  /** What the leases' jobs ask Spark for; empty if that is what every task has anyway. */
  Optional<ResourceProfile> profile(SparkConf conf) {
    if (!gpu || conf.contains(TASK_GPUS)) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cores).resource(RunSetup.GPU, 1))
            .build());
  }

  /** For messages. */
  @Override
  public String toString() {
    return cores
        + (cores == 1 ? " core" : " cores")
        + (gpu ? " and a GPU" : "")
        + " of one executor (spark.task.cpus)";
  }
}
