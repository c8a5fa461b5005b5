package io.blockwise.job;

import io.blockwise.data.check.DataException;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Commands;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.training.ModelEvaluation;
import io.blockwise.job.training.Training;
import io.blockwise.model.artifact.ArtifactException;

/** The program that {@code spark-submit --class io.blockwise.job.Blockwise} runs. */
public final class Blockwise {
  private Blockwise() {}

  /** Runs one command; see {@code --help}. */
  public static void main(String[] arguments) {
    Actions actions =
        new Actions(
            refusing(Datasets::prepare), refusing(Training::run), refusing(ModelEvaluation::run));
    int code = Interruption.during(() -> Commands.run(actions, arguments));
    // A return leaves it to Spark to end the process, which on YARN is what reports success.
    if (code != 0) {
      System.exit(code);
    }
  }

  /** What the other modules refuse is the user's to fix, too; the command line knows neither. */
  private static Actions.Action refusing(Actions.Action action) {
    return settings -> {
      try {
        action.run(settings);
      } catch (DataException | ArtifactException e) {
        throw new UserException(e.getMessage(), e);
      }
    };
  }
}
