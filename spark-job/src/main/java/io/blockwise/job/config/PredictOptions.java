package io.blockwise.job.config;

import static io.blockwise.base.Checks.requireAtLeast;

import java.util.Optional;

/**
 * What the command {@code predict} is asked for. Immutable.
 *
 * @param model directory of a model, of which the newest version answers, or of one of its versions
 * @param input what is to be answered
 * @param output directory that the answers come to, which is not there yet
 * @param exit which block answers, as {@link io.blockwise.model.exits.ExitRule#parse} reads it;
 *     none if as the model says
 * @param format of the answers
 * @param column of a table that has the text or the image; none if it is called as usual
 * @param split of a data set: {@code train}, {@code validation} or {@code test}
 * @param batchSize rows that are computed together, at least 1
 * @param engine numerical library and how exactly it computes
 */
public record PredictOptions(
    String model,
    String input,
    String output,
    Optional<String> exit,
    Format format,
    Optional<String> column,
    String split,
    int batchSize,
    EngineChoice engine) {
  /** Files that answers are written as. */
  public enum Format {
    PARQUET,
    CSV,
    JSONL
  }

  public PredictOptions {
    requireAtLeast("--batch-size", batchSize, 1);
  }
}
