package io.blockwise.job.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that makes an earlier version of a model the published one. Used by one thread. */
@Command
final class RollbackCommand implements Callable<Integer> {
  private final Actions.RollingBack action;

  @Parameters(
      paramLabel = "MODEL",
      description = "Directory of a model, for example out/models/quickstart.")
  private String model;

  @Option(
      names = "--to",
      paramLabel = "VERSION",
      description = "Version to publish; by default the one that was published before.")
  private Optional<String> to = Optional.empty();

  RollbackCommand(Actions.RollingBack action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(model, to);
    return ExitCode.DONE;
  }
}
