package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Named;
import io.blockwise.base.Names;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.engine.TensorTable;
import java.io.Serializable;
import java.util.Objects;

/**
 * How the replicas of a block are averaged. Immutable.
 *
 * <p>Always true: a quorum only goes with {@link Rule#QUORUM}, a gain only with {@link
 * Rule#AVERAGE} and without an outer optimiser, and that only with the rule that it belongs to; a
 * quorum of fewer than all workers does not wait for all.
 *
 * @param rule how pushes move the ledger's value
 * @param period local steps between two pushes of a block, at least 1
 * @param periodBySpeed whether it is that of the fast workers, and less for slower ones; not in
 *     lock-step
 * @param codec of the values that workers send
 * @param staleness of a push that is too old
 * @param quorum what makes a round
 * @param outer optimiser on the ledger
 * @param gain on the ledger's steps
 * @param anticipation share of what an average leaves out of a worker's own change with which the
 *     worker goes on, from 0 to 1; without meaning unless the rule is {@link Rule#AVERAGE}
 */
public record AveragingOptions(
    Rule rule,
    int period,
    boolean periodBySpeed,
    Codec codec,
    Staleness staleness,
    Quorum quorum,
    Outer outer,
    Gain gain,
    double anticipation)
    implements Serializable {
  /** How pushes move the ledger's value. */
  public enum Rule {
    /** Every push on its own, weighted by its worker's share and by its staleness. */
    AVERAGE,
    /** In rounds of several workers' pushes, weighted by examples. */
    QUORUM,
    /**
     * Workers stay apart, and every push draws its worker and the ledger towards each other, as far
     * as {@link #elasticPull} says.
     */
    ELASTIC
  }

  /**
   * The part of its distance from the ledger by which a worker and the ledger move towards each
   * other with a push under {@link Rule#ELASTIC}. All workers together move the ledger by 0.9 of
   * their mean distance.
   *
   * @param members workers that the averaging counts on, at least 1
   */
  public static double elasticPull(int members) {
    return 0.9 / members;
  }

  public AveragingOptions {
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(codec, "codec");
    Objects.requireNonNull(outer, "outer");
    Objects.requireNonNull(gain, "gain");
    requireAtLeast("averaging.period", period, 1);
    requireWithin("averaging.anticipation", anticipation, 0, 1);
    requireConsistent(rule, quorum);
    requireConsistent(rule, quorum, outer.optimiser);
    requireConsistent(rule, gain, outer.optimiser);
    if (periodBySpeed && rule == Rule.QUORUM && quorum.isOfAll()) {
      throw invalid(
          "averaging.period-by-speed",
          true,
          "must be false in lock-step, where all workers push at the same batches");
    }
  }

  /**
   * Pushes that are too old. Immutable.
   *
   * @param max a push that is staler, in rounds of all workers, is dropped; above 0
   */
  public record Staleness(double max) implements Serializable {
    public Staleness {
      requirePositive("averaging.staleness.max", max);
    }
  }

  /**
   * Rounds of rule {@code quorum}. Immutable.
   *
   * @param size pushes that make a round; 0 for those of all workers with a lease
   * @param longestWait for the pushes that a round lacks
   * @param gamma share of the time that a push can wait for its round without holding up its
   *     worker's next one, above 0 and at most 1; without meaning unless the wait is grace
   */
  public record Quorum(int size, @Named("wait") QuorumWait longestWait, double gamma)
      implements Serializable {
    /** All workers, however long they take. */
    public static final Quorum ALL = new Quorum(0, QuorumWait.ALL, 1);

    public Quorum {
      requireAtLeast("averaging.quorum.size", size, 0);
      Objects.requireNonNull(longestWait, "wait");
      if (!(gamma > 0 && gamma <= 1)) {
        throw invalid("averaging.quorum.gamma", gamma, "must be above 0 and at most 1");
      }
    }

    private boolean isOfAll() {
      return size == 0 && longestWait.equals(QuorumWait.ALL);
    }
  }

  /**
   * Whether workers wait for each other: rounds of all that have a lease, however long they take.
   */
  public boolean lockStep() {
    return rule == Rule.QUORUM && quorum.isOfAll();
  }

  /**
   * The share of its own change with which a worker goes on beside the average that it has been
   * folded into. The average holds {@code 1 / L} of it, and of the changes that the others make at
   * the same time only what they have sent: about half. They go the same way as far as there is
   * something to learn, so the worker's own stands in for them until they come. Without it every
   * gradient is late by about half a period, which learning rates that are large enough to be worth
   * having do not bear.
   *
   * @param members workers that the averaging counts on, at least 1
   * @return 0 with one worker, and where a round ends for all at once
   */
  public double anticipated(int members) {
    return rule == Rule.AVERAGE ? anticipation * (members - 1) / members : 0;
  }

  /**
   * Refuses what moves all of a block with every push, where the block has a table of which pushes
   * carry only some rows.
   *
   * @param tensors of the block's parameters
   */
  public void requireFitFor(TensorTable tensors) {
    if (tensors.table().isEmpty()) {
      return;
    }
    String why = " with an embedding, of which only the rows travel that have changed";
    if (rule == Rule.ELASTIC) {
      throw invalid("averaging.rule", rule, "must be average or quorum" + why);
    }
    if (outer.optimiser != OuterOptimiser.NONE) {
      throw invalid("averaging.outer.optimiser", outer.optimiser, "must be none" + why);
    }
  }

  /** Whether a worker that is alone sends its value instead of a difference. */
  public boolean copies() {
    return codec == Codec.FP32;
  }

  private static void requireConsistent(Rule rule, Quorum quorum) {
    boolean waitsForAll = quorum.longestWait.equals(QuorumWait.ALL);
    if (rule == Rule.QUORUM) {
      if (quorum.size > 0 && waitsForAll) {
        throw invalid(
            "averaging.quorum.wait",
            quorum.longestWait,
            "must be grace or a time if averaging.quorum.size is above 0: the last rounds could not"
                + " be filled");
      }
      return;
    }
    if (quorum.size > 0) {
      throw invalid(
          "averaging.quorum.size", quorum.size, "must be 0 unless averaging.rule is quorum");
    }
    if (!waitsForAll) {
      throw invalid(
          "averaging.quorum.wait",
          quorum.longestWait,
          "must be all unless averaging.rule is quorum");
    }
  }

  private static void requireConsistent(Rule rule, Quorum quorum, OuterOptimiser optimiser) {
    String key = "averaging.outer.optimiser";
    Rule needed = optimiser == OuterOptimiser.DELAYED ? Rule.AVERAGE : Rule.QUORUM;
    if (optimiser != OuterOptimiser.NONE && rule != needed) {
      throw invalid(
          key,
          optimiser,
          "must not be " + Names.of(optimiser) + " unless averaging.rule is " + Names.of(needed));
    }
    if (optimiser == OuterOptimiser.RDA && quorum.isOfAll()) {
      throw invalid(
          key,
          optimiser,
          "must not be rda in lock-step, which is the exact mean: set averaging.quorum.wait, so that"
              + " rounds do not wait for all workers");
    }
  }

  private static void requireConsistent(Rule rule, Gain gain, OuterOptimiser optimiser) {
    if (gain != Gain.NONE && rule != Rule.AVERAGE) {
      throw invalid("averaging.gain", gain, "must be none unless averaging.rule is average");
    }
    if (gain != Gain.NONE && optimiser != OuterOptimiser.NONE) {
      throw invalid(
          "averaging.gain",
          gain,
          "must be none with averaging.outer.optimiser = "
              + Names.of(optimiser)
              + ": both make up for what a mean loses");
    }
  }

  /** By how much the ledger's steps are lengthened. */
  public enum Gain {
    /** By nothing. */
    NONE,
    /**
     * So much that they are as long as the workers' changes which they are the mean of, at most by
     * the square root of the number of workers; stale pushes then weigh as much as others.
     */
    NORM
  }

  /** What the ledger does beyond adding changes; of rule quorum, with the mean of a round. */
  public enum OuterOptimiser {
    /** Adds it. */
    NONE(0),
    /** Adds the step of gradient descent with Nesterov's momentum. */
    NESTEROV(2),
    /** Adds the step of gradient descent with momentum. */
    SGD(2),
    /**
     * Adds it at the mean length of the changes, tensor by tensor: radial-directional averaging.
     */
    RDA(0),
    /** Under {@link Rule#AVERAGE}: adds momentum at the end of every round of all workers. */
    DELAYED(4);

    private final int vectors;

    OuterOptimiser(int vectors) {
      this.vectors = vectors;
    }

    /**
     * How many vectors, as long as the value, a ledger holds for it at most, those of a fold
     * included.
     */
    public int vectors() {
      return vectors;
    }
  }

  /**
   * Optimiser on the ledger. Immutable.
   *
   * @param momentum in [0, 1); means something for {@code NESTEROV} and {@code SGD} alone
   * @param rate above 0; means something for {@code NESTEROV} and {@code SGD} alone
   */
  public record Outer(OuterOptimiser optimiser, double momentum, double rate)
      implements Serializable {
    /** Adds what workers have learned as it is. */
    public static final Outer NONE = new Outer(OuterOptimiser.NONE, 0, 1);

    public Outer {
      Objects.requireNonNull(optimiser, "optimiser");
      requireWithin("averaging.outer.momentum", momentum, 0, Math.nextDown(1.0));
      requirePositive("averaging.outer.rate", rate);
    }
  }
}
