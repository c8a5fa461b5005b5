package io.blockwise.job.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code train}. Used by one thread. */
@Command
final class TrainingCommand extends ConfigurationCommand {
  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description =
          "Name of the run, for example the date of a scheduled one; sets run-id. Given again, a"
              + " run that was stopped goes on, and one that has ended is not repeated.")
  private Optional<String> runId = Optional.empty();

  TrainingCommand(Actions.Configured actions) {
    super(actions, Action.TRAIN);
  }

  @Override
  List<String> more() {
    return runId.map(id -> "run-id=" + id).stream().toList();
  }
}
