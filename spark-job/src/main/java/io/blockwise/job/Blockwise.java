package io.blockwise.job;

import io.blockwise.job.cli.Actions;
import io.blockwise.job.cli.Commands;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;

/** The program that {@code spark-submit --class io.blockwise.job.Blockwise} runs. */
public final class Blockwise {
  private Blockwise() {}

  /** Runs one command; see {@code --help}. */
  public static void main(String[] arguments) {
    Actions actions = new Actions(Blockwise::absent, Blockwise::absent, Blockwise::absent);
    int code = Interruption.during(() -> Commands.run(actions, arguments));
    // A return leaves it to Spark to end the process, which on YARN is what reports success.
    if (code != 0) {
      System.exit(code);
    }
  }

  private static void absent(Settings settings) {
    throw new UserException(
        "Cannot run "
            + settings.model().name()
            + ": this build has no jobs (use a complete build)");
  }
}
