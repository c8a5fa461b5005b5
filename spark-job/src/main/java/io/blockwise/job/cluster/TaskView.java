package io.blockwise.job.cluster;

import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** What a lease or an evaluation needs to know of the Spark task that it runs in. */
final class TaskView {
  private final TaskContext task;

  TaskView(TaskContext task) {
    this.task = task;
  }

  /** Whether Spark wants the task to end. */
  boolean isKilled() {
    return task.isInterrupted();
  }

  /** Address of the GPU that Spark has assigned to the task, if it has. */
  Optional<String> gpu() {
    ResourceInformation gpus = task.resourcesJMap().get(LeaseResources.GPU);
    return gpus == null || gpus.addresses().length == 0
        ? Optional.empty()
        : Optional.of(gpus.addresses()[0]);
  }
}
