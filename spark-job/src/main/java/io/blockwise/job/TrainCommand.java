package io.blockwise.job;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.cli.Actions;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.Training;

/**
 * The command {@code train}: Blockwise's own training, or the baseline that it is compared with.
 *
 * <p>The baseline is named, not linked: neither it nor its libraries, which need not be there, are
 * loaded in any other run.
 */
final class TrainCommand {
  private static final String BASELINE = "io.blockwise.job.baseline.StockTraining";
  private static final String LIBRARY =
      "org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer";

  private TrainCommand() {}

  /**
   * Trains by what {@code training.baseline} says.
   *
   * @throws UserException also if the baseline's libraries are not on the class path
   */
  static void run(Settings settings) throws Exception {
    switch (settings.training().baseline()) {
      case NONE -> Training.run(settings);
      case DL4J_SPARK -> baseline(settings).run(settings);
    }
  }

  private static Actions.Action baseline(Settings settings) throws ReflectiveOperationException {
    ClassLoader loader = TrainCommand.class.getClassLoader();
    try {
      Class.forName(LIBRARY, false, loader);
    } catch (ClassNotFoundException e) {
      throw new UserException(
          "Cannot train with training.baseline = "
              + Names.of(settings.training().baseline())
              + ": its libraries are not on the class path (start with bin/blockwise, or hand the"
              + " jars of spark-job/target/baseline-lib to spark-submit with --jars)",
          e);
    }
    return Class.forName(BASELINE, true, loader)
        .asSubclass(Actions.Action.class)
        .getDeclaredConstructor()
        .newInstance();
  }
}
