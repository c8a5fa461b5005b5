package io.blockwise.job.cli;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.ExportOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that writes a model for programs without a JVM. Used by one thread. */
@Command
final class ExportCommand implements Callable<Integer> {
  private final Actions.Exporting action;

  @Parameters(
      paramLabel = "MODEL",
      description =
          "Directory of a model, of which the newest version is taken, for example"
              + " out/models/quickstart; or of one version: out/models/quickstart/versions/ID.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "File that the model comes to, such as model.onnx; must not be there yet.")
  private String output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "Of the file: onnx (opset 17), which is the default.")
  private String format = "onnx";

  @Option(
      names = "--exit",
      paramLabel = "EXIT",
      description =
          "Which block answers: full for the last one, by default, or a number of a block; those"
              + " behind it are left out.")
  private String exit = "full";

  ExportCommand(Actions.Exporting action) {
    this.action = action;
  }

  @Override
  public Integer call() throws Exception {
    action.run(options());
    return ExitCode.DONE;
  }

  private ExportOptions options() {
    try {
      return new ExportOptions(
          model, output, Names.parse("--format", ExportOptions.Format.class, format), exit);
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
