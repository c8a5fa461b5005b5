package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes a configuration file or an output directory. Used by one thread. */
@Command
final class RunsCommand implements Callable<Integer> {
  private final Actions.Listing action;

  @Parameters(
      paramLabel = "CONF-or-OUTPUT",
      description =
          "Configuration file, for its output; or that directory itself, for example out.")
  private String place;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration; may be repeated.")
  private List<String> sets = List.of();

  RunsCommand(Actions.Listing action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(output());
    return ExitCode.DONE;
  }

  private String output() {
    if (isFile()) {
      return Settings.load(Path.of(place), sets).output();
    }
    if (!sets.isEmpty()) {
      throw UserException.cannot(
          "use --set with " + place, "it is no configuration file", "give one, or leave --set out");
    }
    return place;
  }

  /** Else it is a directory, on any file system that Hadoop knows. */
  private boolean isFile() {
    try {
      return Files.isRegularFile(Path.of(place));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
