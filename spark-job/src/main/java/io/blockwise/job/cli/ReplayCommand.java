package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command that takes a run's directory on this machine. Used by one thread. */
@Command
final class ReplayCommand implements Callable<Integer> {
  private static final String CONFIGURATION = "resolved.conf";

  private final Actions.Configured actions;

  @Parameters(
      paramLabel = "RUN",
      description =
          "Directory of a run on this machine, for example out/runs/20260131T120000Z-seed1.")
  private String run;

  ReplayCommand(Actions.Configured actions) {
    this.actions = actions;
  }

  @Override
  public Integer call() throws Exception {
    Path directory = directory();
    Path output = directory.getParent().getParent();
    // Wherever the run was written, it lies here now.
    List<String> place = List.of("output=" + output, "run-id=" + directory.getFileName());
    actions.run(Action.REPLAY, Settings.load(directory.resolve(CONFIGURATION), place));
    return ExitCode.DONE;
  }

  private Path directory() {
    try {
      Path directory = Path.of(run).toAbsolutePath().normalize();
      if (directory.getNameCount() > 2
          && directory.getParent().endsWith("runs")
          && Files.isRegularFile(directory.resolve(CONFIGURATION))) {
        return directory;
      }
    } catch (InvalidPathException e) {
      throw refused(e);
    }
    throw refused(null);
  }

  private UserException refused(Throwable cause) {
    return UserException.cannot(
        "replay " + run,
        "it is no directory of a run on this machine",
        "give one such as out/runs/RUN-ID; bin/blockwise runs lists them",
        cause);
  }
}
