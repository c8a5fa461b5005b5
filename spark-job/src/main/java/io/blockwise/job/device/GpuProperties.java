package io.blockwise.job.device;

/** Spark's properties by which workers get GPUs, for messages. */
public final class GpuProperties {
  /** What has to be set for executors to have GPUs. */
  public static final String NEEDED =
      "spark.executor.resource.gpu.amount and spark.executor.resource.gpu.discoveryScript, and with"
          + " a master spark:// its workers' spark.worker.resource.gpu.amount and"
          + " spark.worker.resource.gpu.discoveryScript as well; bin/find-gpus is such a script";

  private GpuProperties() {}
}
