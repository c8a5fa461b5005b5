package io.blockwise.job.baseline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.Json;
import java.util.Comparator;
import java.util.List;

/**
 * What a run of the baseline reached: {@code baseline.json}, whose keys are these names in
 * snake_case. Immutable.
 *
 * @param validation accuracy of the best epoch, 0..1
 * @param test accuracy of the same parameters, 0..1
 * @param selectedEpoch best on validation, the earliest of equals
 * @param threads of every worker's numerical library
 * @param examplesPerSecond rows trained by all workers over the training clock, which leaves out
 *     preparation and evaluation
 * @param seconds wall time of the whole run
 * @param parameters trainable ones
 * @param history one entry per epoch
 */
record StockReport(
    String runId,
    String baseline,
    double validation,
    double test,
    int selectedEpoch,
    int epochs,
    int workers,
    int threads,
    int batchSize,
    int averagingPeriod,
    double examplesPerSecond,
    double seconds,
    long parameters,
    List<Epoch> history) {
  private static final JsonMapper JSON =
      Json.records().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * One pass over the data.
   *
   * @param examples rows that were trained, by all workers together
   * @param steps of all workers together
   * @param seconds of training
   * @param validation accuracy after it, 0..1
   */
  record Epoch(int epoch, long examples, long steps, double seconds, double validation) {}

  /** The epoch whose parameters are kept. */
  static Epoch best(List<Epoch> history) {
    return history.stream()
        .max(
            Comparator.comparingDouble(Epoch::validation)
                .thenComparing(Epoch::epoch, Comparator.reverseOrder()))
        .orElseThrow();
  }

  static double examplesPerSecond(List<Epoch> history) {
    return history.stream().mapToLong(Epoch::examples).sum()
        / history.stream().mapToDouble(Epoch::seconds).sum();
  }

  String json() throws JsonProcessingException {
    return JSON.writeValueAsString(this) + "\n";
  }
}
