package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireShare;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** Factor on the learning rate as a function of progress, from 0 (start) to 1 (end). Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface ScheduleSpec extends Serializable {
  /** The factor at {@code progress}; values beyond [0, 1] are read as the nearer end. */
  double factor(double progress);

  /** Always 1. */
  record Constant() implements ScheduleSpec {
    @Override
    public double factor(double progress) {
      return 1;
    }
  }

  /**
   * Half a cosine from 1 down to {@code floor}.
   *
   * @param floor in [0, 1]
   */
  record Cosine(double floor) implements ScheduleSpec {
    public Cosine {
      requireWithin("training.schedule.floor", floor, 0, 1);
    }

    @Override
    public double factor(double progress) {
      double p = Math.min(1, Math.max(0, progress));
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * p));
    }
  }

  /**
   * Multiplied by {@code decay} at each of the given points.
   *
   * @param at progress of each drop, ascending, each within (0, 1)
   * @param decay in (0, 1]
   */
  record Step(List<Double> at, double decay) implements ScheduleSpec {
    public Step {
      at = List.copyOf(at);
      requireWithin("training.schedule.decay", decay, Double.MIN_VALUE, 1);
      double before = 0;
      for (double point : at) {
        if (!(point > before && point < 1)) {
          throw invalid("training.schedule.at", at, "must ascend within 0 and 1");
        }
        before = point;
      }
    }

    @Override
    public double factor(double progress) {
      return Math.pow(decay, at.stream().filter(point -> progress >= point).count());
    }
  }

  /**
   * Another schedule under a ramp from 0 to 1, so that the first step moves nothing. Points of the
   * other one stay where they are on the whole run.
   *
   * @param share of the run over which it rises, within (0, 1)
   */
  record WarmUp(double share, ScheduleSpec then) implements ScheduleSpec {
    public WarmUp {
      requireShare("training.schedule.warm-up", share);
      Objects.requireNonNull(then, "then");
    }

    @Override
    public double factor(double progress) {
      return Math.min(1, Math.max(0, progress / share)) * then.factor(progress);
    }
  }
}
