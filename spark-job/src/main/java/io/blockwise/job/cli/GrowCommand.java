package io.blockwise.job.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The training of a network whose first blocks are a published model's. Used by one thread. */
@Command
final class GrowCommand implements Callable<Integer> {
  private final Actions.Configured actions;

  @Parameters(
      paramLabel = "CONF",
      description = "Configuration file of the whole network, the blocks that are there included.")
  private Path conf;

  @Option(
      names = "--from",
      paramLabel = "MODEL",
      required = true,
      description =
          "Directory of the model that the network grows from, in its newest version, for example"
              + " out/models/quickstart; or of one version: out/models/quickstart/versions/ID.")
  private String from;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a key; may be repeated. growth.earlier=trained trains the model's blocks on.")
  private List<String> sets = List.of();

  GrowCommand(Actions.Configured actions) {
    this.actions = actions;
  }

  @Override
  public Integer call() throws Exception {
    List<String> all = new ArrayList<>(sets);
    all.add("growth.from=" + from);
    return ConfigurationCommand.train(actions, conf, all);
  }
}
