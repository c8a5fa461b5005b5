package io.blockwise.job.export;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.job.config.ExportOptions;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.onnx.OnnxModel;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Writes a published model as a file that other programs answer with. */
public final class ModelExport {
  private ModelExport() {}

  /**
   * Writes it, and says so on standard output. The file appears when it is whole.
   *
   * @throws UserException if the output exists, there is no such model or exit, or the format
   *     cannot express the network
   * @throws io.blockwise.job.RunFailedException if a weight is no number
   */
  public static void run(ExportOptions options) throws IOException {
    export(HadoopSettings.current(), options, System.out);
  }

  static void export(Configuration hadoop, ExportOptions options, PrintStream out)
      throws IOException {
    Path output = new Path(options.output());
    Storage storage = new Storage(hadoop);
    if (storage.exists(output)) {
      throw UserException.cannot(
          "export to " + options.output(),
          "it is there already",
          "choose another --output, or delete it");
    }
    ModelVersion version = ModelPlace.of(hadoop, options.model()).read(hadoop);
    PublishedModel.requireNumbers("export", version);
    int blocks = version.blocks().size();
    int block = block(options.exit(), blocks);
    OnnxModel model = OnnxModel.of(version, block);
    storage.write(output, ProcessHandle.current().pid(), model::write);
    out.printf(
        "Exported version %s of %s up to the exit of block %d of %d: %s, %d bytes%n",
        version.id(), version.description().name(), block, blocks, options.output(), model.bytes());
  }

  private static int block(String exit, int blocks) {
    try {
      if (ExitRule.parse("--exit", exit, blocks) instanceof ExitRule.Shortcut shortcut) {
        return shortcut.block();
      }
    } catch (InvalidValueException e) {
      // said below, with what a file can have
    }
    throw UserException.invalid(
        "--exit",
        exit,
        "must be full, or a block from 1 to "
            + blocks
            + "; a file has one exit, and leaves by no rule");
  }
}
