package io.blockwise.job.cluster;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.Answers;
import io.blockwise.model.averaging.BlockState;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** Counts a snapshot's answers on some shards. */
final class EvaluationTask implements Function<List<Shard>, Outcome<Answers>> {
  private static final long serialVersionUID = 1;

  private final Broadcast<RunSetup> setup;
  private final Broadcast<List<BlockState>> snapshot;
  private final long number;

  /**
   * @param number that its signs of life carry
   */
  EvaluationTask(Broadcast<RunSetup> setup, Broadcast<List<BlockState>> snapshot, long number) {
    this.setup = setup;
    this.snapshot = snapshot;
    this.number = number;
  }

  @Override
  public Outcome<Answers> call(List<Shard> shards) throws Exception {
    TaskContext task = TaskContext.get();
    return Outcome.of(
        () ->
            ExecutorReplicas.ofThisProcess()
                .evaluate(setup.value(), snapshot.value(), shards, number, new TaskView(task)));
  }
}
