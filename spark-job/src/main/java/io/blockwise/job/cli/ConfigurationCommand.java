package io.blockwise.job.cli;

import io.blockwise.job.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes a configuration file. Used by one thread. */
@Command
final class ConfigurationCommand implements Callable<Integer> {
  private final Actions.Action action;

  @Parameters(
      paramLabel = "CONF",
      description = "Configuration file, for example conf/quickstart.conf.")
  private Path conf;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key; may be repeated. conf/README.md lists the keys.")
  private List<String> sets = List.of();

  ConfigurationCommand(Actions.Action action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(Settings.load(conf, sets));
    return ExitCode.DONE;
  }
}
