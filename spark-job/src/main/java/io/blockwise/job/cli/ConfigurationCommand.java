package io.blockwise.job.cli;

import io.blockwise.job.config.Settings;
import io.blockwise.model.spec.NetworkSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that takes a configuration file. Used by one thread. */
@Command
class ConfigurationCommand implements Callable<Integer> {
  private final Actions.Configured actions;
  private final Action action;

  @Parameters(
      paramLabel = "CONF",
      description = "Configuration file, for example conf/quickstart.conf.")
  private Path conf;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key; may be repeated. conf/README.md lists the keys.")
  private List<String> given = List.of();

  ConfigurationCommand(Actions.Configured actions, Action action) {
    this.actions = actions;
    this.action = action;
  }

  /** Keys that options of one command set, in the form of {@code --set}; they count last. */
  List<String> more() {
    return List.of();
  }

  @Override
  public final Integer call() throws Exception {
    List<String> sets = Stream.concat(given.stream(), more().stream()).toList();
    if (action == Action.TRAIN) {
      return train(actions, conf, sets);
    }
    actions.run(action, Settings.load(conf, sets));
    return ExitCode.DONE;
  }

  static int train(Actions.Configured actions, Path conf, List<String> sets) throws Exception {
    Settings settings = Settings.load(conf, sets);
    // Before Spark is started, and before a data set is made that the network cannot use.
    Optional<NetworkSpec> unused = settings.expectedNetwork();
    actions.run(Action.TRAIN, settings);
    return ExitCode.DONE;
  }
}
