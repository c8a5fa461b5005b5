package io.blockwise.job;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings;
import io.blockwise.job.training.Training;
import java.util.ServiceLoader;

/** The command {@code train}: Blockwise's own training, or a baseline that it is compared with. */
final class TrainCommand {
  private TrainCommand() {}

  /**
   * Trains by what {@code training.baseline} says.
   *
   * @throws UserException also if the baseline's jar is not on the class path
   */
  static void run(Settings settings) throws Exception {
    TrainingSettings.Baseline wanted = settings.training().baseline();
    if (wanted == TrainingSettings.Baseline.NONE) {
      Training.run(settings);
    } else {
      baseline(Names.of(wanted)).run(settings);
    }
  }

  private static Baseline baseline(String name) {
    for (Baseline found : ServiceLoader.load(Baseline.class, TrainCommand.class.getClassLoader())) {
      if (found.name().equals(name)) {
        return found;
      }
    }
    throw UserException.cannot(
        "train with training.baseline = " + name,
        "it is not on the class path",
        "start with bin/blockwise, or hand the jars of spark-job/baseline/target, its lib and the"
            + " dl4j engine to spark-submit with --jars");
  }
}
