package io.blockwise.job.cli;

import io.blockwise.base.UserException;
import io.blockwise.job.config.comparison.Comparison;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that takes several configurations in one file. Used by one thread. */
@Command
final class CompareCommand implements Callable<Integer> {
  private final Actions.Comparing action;

  @Parameters(
      paramLabel = "CONF",
      description =
          "Configuration file with a section compare, for example conf/compare-small.conf.")
  private Path conf;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Overrides a key of all runs, or of one: compare.runs.NAME.KEY=VALUE; may be repeated.")
  private List<String> sets = List.of();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description =
          "Runs at once, 1 by default, each with data.memory of its own. Their times and memory are"
              + " not those of a run alone.")
  private int parallel = 1;

  CompareCommand(Actions.Comparing action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    if (parallel < 1) {
      throw UserException.invalid("--parallel", parallel, "must be at least 1");
    }
    action.run(Comparison.load(conf, sets), parallel);
    return ExitCode.DONE;
  }
}
