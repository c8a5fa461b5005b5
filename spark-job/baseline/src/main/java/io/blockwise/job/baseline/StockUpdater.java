package io.blockwise.job.baseline;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Optimisers and schedules in ND4J's terms. */
final class StockUpdater {
  /** Every layer's configuration carries the table, so it is kept short. */
  private static final int MOST_POINTS = 256;

  private StockUpdater() {}

  /**
   * The updater of an optimiser. Momentum is Nesterov's, the only one that ND4J has.
   *
   * @param iterations of one worker over the whole run
   * @throws UserException for what DL4J has no equal of
   */
  static IUpdater of(OptimiserSpec spec, int iterations) {
    requireZero("training.weight-decay", spec.weightDecay());
    requireZero("training.clip-norm", spec.clipNorm());
    ISchedule rate = schedule(spec.schedule(), spec.learningRate(), iterations);
    if (spec instanceof OptimiserSpec.Adam adam) {
      return new Adam.Builder()
          .learningRateSchedule(rate)
          .beta1(adam.beta1())
          .beta2(adam.beta2())
          .epsilon(adam.epsilon())
          .build();
    }
    if (spec instanceof OptimiserSpec.Sgd sgd) {
      return sgd.momentum() == 0 ? new Sgd(rate) : new Nesterovs(rate, sgd.momentum());
    }
    throw UserException.cannot(
        "train with training.baseline = dl4j-spark",
        "training.optimiser is " + Names.of(spec.getClass()) + ", which the baseline does not know",
        "set it to adam or sgd");
  }

  private static ISchedule schedule(ScheduleSpec spec, double base, int iterations) {
    int stride = (iterations + MOST_POINTS - 1) / MOST_POINTS;
    Map<Integer, Double> rates = new TreeMap<>();
    for (int i = 0; i < iterations; i += stride) {
      rates.put(i, base * spec.factor((double) i / iterations));
    }
    return new MapSchedule(ScheduleType.ITERATION, rates);
  }

  private static void requireZero(String key, double value) {
    if (value != 0) {
      throw new UserException(
          "Cannot train with training.baseline = dl4j-spark: "
              + key
              + " is "
              + value
              + ", which DL4J applies to other parameters or in another way (set it to 0)");
    }
  }
}
