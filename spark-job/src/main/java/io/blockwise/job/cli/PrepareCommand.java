package io.blockwise.job.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code prepare}. Used by one thread. */
@Command
final class PrepareCommand extends ConfigurationCommand {
  @Option(
      names = "--append",
      paramLabel = "DATASET",
      description =
          "Name of a data set that the rows are appended to, as a data set of their own with its"
              + " classes, statistics and vocabulary; sets data.append-to, and wants another"
              + " data.name.")
  private Optional<String> parent = Optional.empty();

  PrepareCommand(Actions.Configured actions) {
    super(actions, Action.PREPARE);
  }

  @Override
  List<String> more() {
    return parent.map(name -> "data.append-to=" + name).stream().toList();
  }
}
