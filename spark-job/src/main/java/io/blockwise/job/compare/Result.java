package io.blockwise.job.compare;

import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.artifact.Metrics;
import java.util.List;
import java.util.Map;

/**
 * What a finished run has left behind. Immutable.
 *
 * @param runId directory below {@code runs} and among the model's versions
 * @param provenance as {@code provenance.json} has it
 * @param planned what would be exchanged if the workers were on executors
 * @param curve one point per epoch
 */
record Result(
    String runId,
    Metrics metrics,
    Map<String, Object> provenance,
    WireSize planned,
    List<Learned> curve) {
  Result {
    curve = List.copyOf(curve);
  }

  /**
   * An epoch's end.
   *
   * @param seconds training clock since the start of the run
   * @param accuracy of the last block on validation, 0..1
   */
  record Learned(int epoch, double seconds, double accuracy) {}

  /** Accuracy of the last block on test, 0..1. */
  double answer() {
    List<Double> test = metrics.test().accuracy();
    return test.get(test.size() - 1);
  }

  /** Bytes in both directions: what went over the network, or would have. */
  long bytesExchanged() {
    Metrics.Cost cost = metrics.cost();
    long measured = cost.pushedBytes() + cost.pulledBytes();
    return measured > 0 ? measured : planned.pushed() + planned.pulled();
  }
}
