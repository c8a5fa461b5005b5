package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requirePositive;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.Named;
import java.io.Serializable;
import java.util.List;

/**
 * How a block turns gradients into steps; PyTorch's forms. Each block has its own, over all its
 * parameters (layers, head and exit). Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface OptimiserSpec extends Serializable {
  /** Base learning rate, which the schedule scales; above 0. */
  double learningRate();

  /** Added to the gradient times the parameter (L2) unless the optimiser decouples it; from 0. */
  double weightDecay();

  /** Largest 2-norm of the block's whole gradient; 0 switches clipping off. */
  double clipNorm();

  /** Whether there is a form of it that steps only the rows of a table that a batch reads. */
  default boolean stepsByRow() {
    return this instanceof Adam || this instanceof AdamW;
  }

  /** Learning rate as a function of progress. */
  ScheduleSpec schedule();

  /** The learning rate at a point of the run, by its schedule; {@code progress} in 0..1. */
  default double learningRateAt(double progress) {
    return learningRate() * schedule().factor(progress);
  }

  /**
   * Adam (Kingma and Ba 2015) with the epsilon added to the bias-corrected root, as PyTorch has it.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon above 0
   */
  record Adam(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double clipNorm,
      ScheduleSpec schedule)
      implements OptimiserSpec {
    public Adam {
      requireCommon(learningRate, weightDecay, clipNorm);
      requireMoments(beta1, beta2, epsilon);
    }
  }

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter 2019), {@code x <- x - rate decay x}
   * before Adam's step by the gradient alone.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon above 0
   */
  @Named("adamw")
  record AdamW(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double clipNorm,
      ScheduleSpec schedule)
      implements OptimiserSpec {
    public AdamW {
      requireCommon(learningRate, weightDecay, clipNorm);
      requireMoments(beta1, beta2, epsilon);
    }

    /** Adam of the same numbers, whose decay is not decoupled. */
    public Adam coupled() {
      return new Adam(learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, schedule);
    }
  }

  /**
   * Stochastic gradient descent, {@code m <- momentum m + g; x <- x - rate m}.
   *
   * @param momentum in [0, 1)
   */
  record Sgd(
      double learningRate,
      double momentum,
      double weightDecay,
      double clipNorm,
      ScheduleSpec schedule)
      implements OptimiserSpec {
    public Sgd {
      requireCommon(learningRate, weightDecay, clipNorm);
      requireWithin("training.momentum", momentum, 0, Math.nextDown(1.0));
    }
  }

  /**
   * Layer-wise adaptive rates (LARS; You, Gitman and Ginsburg 2017), in the form of Barlow Twins'
   * and DeInfoReg's code: {@code d = g + decay x}, {@code d <- d trust |x| / |d|}, then descent
   * with momentum by {@code d}. The 2-norms are those of one tensor; where one is 0 the factor is
   * 1. Tensors of a single axis (biases and batch norms) have neither decay nor factor.
   *
   * @param momentum in [0, 1)
   * @param trust above 0
   */
  record Lars(
      double learningRate,
      double momentum,
      double trust,
      double weightDecay,
      double clipNorm,
      ScheduleSpec schedule)
      implements OptimiserSpec {
    public Lars {
      requireCommon(learningRate, weightDecay, clipNorm);
      requireWithin("training.momentum", momentum, 0, Math.nextDown(1.0));
      requirePositive("training.lars.trust", trust);
    }

    /** Whether a tensor of this shape has decay and factor. */
    public static boolean adapts(List<Integer> shape) {
      return shape.size() > 1;
    }

    /** The descent by {@code d}. */
    public Sgd descent() {
      return new Sgd(learningRate, momentum, 0, clipNorm, schedule);
    }
  }

  private static void requireMoments(double beta1, double beta2, double epsilon) {
    requireWithin("training.adam.beta1", beta1, 0, Math.nextDown(1.0));
    requireWithin("training.adam.beta2", beta2, 0, Math.nextDown(1.0));
    requirePositive("training.adam.epsilon", epsilon);
  }

  private static void requireCommon(double learningRate, double weightDecay, double clipNorm) {
    requirePositive("training.learning-rate", learningRate);
    requireWithin("training.weight-decay", weightDecay, 0, 1e6);
    requireWithin("training.clip-norm", clipNorm, 0, Double.MAX_VALUE);
  }
}
