package io.blockwise.job.cluster.executor;

import io.blockwise.base.files.Storage;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.Worker;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.engine.Device;
import org.apache.hadoop.conf.Configuration;

/** Makes replicas of small runs, outside Spark. */
final class SmallReplica {
  private SmallReplica() {}

  static Replica of(SmallRuns.Parts parts) throws Exception {
    return new Replica(
        "run",
        Device.CPU,
        "worker",
        done ->
            new Worker(
                parts.plan(),
                Device.CPU,
                parts.images().counting(done::advance),
                new ReplicaFiles(new Storage(new Configuration())),
                new InProcessExchange(parts.ledgers())),
        () -> false);
  }
}
