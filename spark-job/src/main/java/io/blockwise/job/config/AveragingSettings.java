package io.blockwise.job.config;

import static io.blockwise.model.Checks.invalid;
import static io.blockwise.model.Checks.requireAtLeast;
import static io.blockwise.model.Checks.requirePositive;
import static io.blockwise.model.Checks.requireWithin;

import io.blockwise.model.Names;
import java.time.Duration;

/**
 * How the workers' blocks are averaged. Immutable.
 *
 * <p>Always true: {@code period >= 1}; an outer optimiser only with rule {@code quorum}.
 */
public record AveragingSettings(
    Rule rule, int period, Codec codec, Staleness staleness, Quorum quorum, Outer outer) {
  public AveragingSettings {
    requireAtLeast("averaging.period", period, 1);
    if (rule != Rule.QUORUM && outer.optimiser() != Outer.Optimiser.NONE) {
      throw invalid(
          "averaging.outer.optimiser",
          Names.of(outer.optimiser()),
          "must be none unless averaging.rule is quorum");
    }
  }

  /** What a ledger does with a push. */
  public enum Rule {
    /** Folds it as it comes, weighted by examples and staleness. */
    AVERAGE,
    /** Folds the mean of several workers' pushes, round by round. */
    QUORUM;

    /** The rule of a name; one of a later version is refused with that reason. */
    public static Rule parse(String name) {
      return Names.parse("averaging.rule", Rule.class, name, "elastic");
    }
  }

  /** Encoding of pushes. */
  public enum Codec {
    /** As computed. */
    FP32,
    /** Half precision. */
    FP16;

    /** The encoding of a name; one of a later version is refused with that reason. */
    public static Codec parse(String name) {
      return Names.parse("averaging.codec", Codec.class, name, "int8");
    }
  }

  /**
   * Pushes that are too old.
   *
   * @param max rounds, at least 1
   */
  public record Staleness(double max) {
    public Staleness {
      requireWithin("averaging.staleness.max", max, 1, Double.MAX_VALUE);
    }
  }

  /**
   * Rounds of rule {@code quorum}.
   *
   * @param size workers of a round, 0 for all
   * @param maxWait for a round, zero for no limit
   */
  public record Quorum(int size, Duration maxWait) {
    public Quorum {
      requireAtLeast("averaging.quorum.size", size, 0);
      if (maxWait.isNegative()) {
        throw invalid("averaging.quorum.max-wait", maxWait.toMillis() + "ms", "must be at least 0");
      }
    }

    /** Whether every round waits for all workers: exact synchronous averaging. */
    public boolean lockStep() {
      return size == 0 && maxWait.isZero();
    }
  }

  /** Optimiser on a round's mean change. Immutable. */
  public record Outer(Optimiser optimiser, double momentum, double rate) {
    public Outer {
      requireWithin("averaging.outer.momentum", momentum, 0, Math.nextDown(1.0));
      requirePositive("averaging.outer.rate", rate);
    }

    /** Forms of the outer optimiser. */
    public enum Optimiser {
      /** The mean itself is added. */
      NONE,
      /** With momentum. */
      SGD,
      /** With Nesterov's momentum. */
      NESTEROV
    }
  }
}
