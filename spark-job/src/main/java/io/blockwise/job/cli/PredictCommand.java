package io.blockwise.job.cli;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.model.exits.ExitRule;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that takes a model and what it is to answer. Used by one thread. */
@Command
final class PredictCommand implements Callable<Integer> {
  private final Actions.Predicting action;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description =
          "Directory of a model, of which the newest version answers, for example"
              + " out/models/quickstart; or of one version: out/models/quickstart/versions/ID.")
  private String model;

  @Parameters(
      index = "1",
      paramLabel = "INPUT",
      description =
          "A data set (see --split); a table, as a file or a directory of files: .csv or .tsv with a"
              + " header, .jsonl, .parquet, .txt of a text in each line; or a directory of images."
              + " Further fields of the model, and numbers, are in the columns of their names.")
  private String input;

  @Parameters(
      index = "2",
      paramLabel = "OUTPUT",
      description = "Directory that the answers come to; must not be there yet.")
  private String output;

  @Option(
      names = "--exit",
      paramLabel = "RULE",
      description =
          "Which block answers: "
              + ExitRule.FORMS
              + " (the first that is so sure); by default as the model was calibrated, and full where"
              + " it was not.")
  private String exit;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Of the answers: parquet, csv or jsonl; parquet by default.")
  private String format = "parquet";

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description =
          "Column of a table that has the text or the content of an image file; text, value or"
              + " content by default.")
  private String column;

  @Mixin private RowOptions rows;

  PredictCommand(Actions.Predicting action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(options());
    return ExitCode.DONE;
  }

  private PredictOptions options() {
    try {
      return new PredictOptions(
          model,
          input,
          output,
          Optional.ofNullable(exit),
          Names.parse("--format", PredictOptions.Format.class, format),
          Optional.ofNullable(column),
          rows.split(),
          rows.batchSize(),
          rows.engine());
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
