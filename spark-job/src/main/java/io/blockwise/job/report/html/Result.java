package io.blockwise.job.report.html;

import io.blockwise.model.artifact.Metrics;
import java.util.List;

/**
 * What a run has reached. Immutable.
 *
 * @param metrics of its model
 * @param classes names of the data set's classes
 */
public record Result(Metrics metrics, List<String> classes) {
  public Result {
    classes = List.copyOf(classes);
  }
}
