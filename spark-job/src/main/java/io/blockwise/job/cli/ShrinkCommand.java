package io.blockwise.job.cli;

import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that leaves trailing blocks of a model out. Used by one thread. */
@Command
final class ShrinkCommand implements Callable<Integer> {
  private final Actions.Shrinking action;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Directory of a model, of which the newest version is taken, for example"
              + " out/models/quickstart; or of one version: out/models/quickstart/versions/ID.")
  private String model;

  @Option(
      names = "--drop",
      paramLabel = "D",
      description =
          "Share of validation, from 0 to 1, by which the accuracy may fall; 0.005 by default.")
  private double drop = 0.005;

  ShrinkCommand(Actions.Shrinking action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    try {
      requireWithin("--drop", drop, 0, 1);
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
    action.run(model, drop);
    return ExitCode.DONE;
  }
}
