package io.blockwise.job.cli;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.spec.Precision;
import picocli.CommandLine.Option;

/** What commands have in common that let a published model answer rows. Used by one thread. */
final class RowOptions {
  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "Of a data set: train, validation or test; test by default.")
  private String split = "test";

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Rows that are computed together; 64 by default.")
  private int batchSize = 64;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "Numerical library: auto, torch or dl4j; auto by default.")
  private String engine = "auto";

  String split() {
    return split;
  }

  int batchSize() {
    return batchSize;
  }

  /**
   * The library, in single precision.
   *
   * @throws io.blockwise.base.InvalidValueException if there is none of that name
   */
  EngineChoice engine() {
    return new EngineChoice(EngineName.parse(engine), Precision.FLOAT32);
  }
}
