package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.AlSpec.Inverse;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Associated learning (Kao 2019; methods 2b), both of its losses at the parameters before the step:
 * bridge, encoder and decoder are modules, the squared errors are graphs.
 *
 * <pre>
 *   t = encoder(t_before)
 *   L = mse(bridge(s), t) + d(decoder(t), t_before)
 * </pre>
 */
final class AssociatedLoss implements LocalLoss {
  private final Chain bridge;
  private final Chain encoder;
  private final Chain decoder;
  private final boolean first;
  private final int classes;
  private final Memory memory;
  private final SquaredError associated;
  private final SquaredError squared;
  private final SoftmaxCrossEntropy crossEntropy;
  private final boolean logits;

  AssociatedLoss(AlSpec spec, Parts of) {
    bridge = of.module("bridge");
    encoder = of.module("encoder");
    decoder = of.module("decoder");
    first = of.in().target().isEmpty();
    classes = of.classes();
    memory = of.memory();
    associated = new SquaredError("associated", encoder.output(), memory);
    squared = new SquaredError("inverse", decoder.output(), memory);
    crossEntropy = new SoftmaxCrossEntropy(decoder.output().channels(), memory, of.spec());
    logits = first && spec.inverse() == Inverse.CROSS_ENTROPY;
  }

  @Override
  public Outcome evaluate(LossInput in) {
    INDArray before = before(in);
    INDArray target = encoder.train(before);
    INDArray bridged = bridge.train(in.output());
    Rows targets = new Rows(target);
    int correct = correct(new Rows(first ? decoder.infer(bridged) : bridged), targets, in.labels());
    double inverse = inverse(decoder.train(target), before, in);
    // Last, since ways back take turns in the space of their gradients.
    SquaredError.Outcome found = associated.evaluate(bridged, target);
    return new Outcome(
        List.of(
            new LossTerm("associated", found.loss()),
            new LossTerm("inverse", inverse),
            new LossTerm(AlSpec.VARIANCE, targets.variance(), false)),
        correct,
        bridge.backward(found.gradient()),
        Optional.of(target));
  }

  private INDArray before(LossInput in) {
    return in.target()
        .orElseGet(() -> PredSimLoss.oneHot("associated", classes, memory, in.labels()));
  }

  @Override
  public Optional<INDArray> target(LossInput in) {
    return Optional.of(encoder.infer(before(in)));
  }

  /** The loss by which encoder and decoder are trained, whose gradients it writes. */
  private double inverse(INDArray decoded, INDArray before, LossInput in) {
    if (logits) {
      SoftmaxCrossEntropy.Outcome entropy =
          crossEntropy.evaluate(decoded, in.labels(), in.weights());
      encoder.backwardInside(decoder.backward(entropy.gradient()));
      return entropy.loss();
    }
    SquaredError.Outcome error = squared.evaluate(decoded, before);
    encoder.backwardInside(decoder.backward(error.gradient()));
    return error.loss();
  }

  /**
   * Right answers: of the first block by its scores, of a later one, which has none, by the class
   * of the batch whose target is nearest to what its bridge gives.
   */
  private int correct(Rows answers, Rows targets, int... labels) {
    int correct = 0;
    for (int row = 0; row < labels.length; row++) {
      int answer = first ? answers.highest(row) : labels[answers.nearest(row, targets)];
      correct += answer == labels[row] ? 1 : 0;
    }
    return correct;
  }

  @Override
  public INDArray scores(INDArray output) {
    return bridge.infer(output);
  }

  @Override
  public Optional<Layer> decoder() {
    return Optional.of(decoder);
  }

  /** A copy of vectors on the host. */
  private static final class Rows {
    private final float[] values;
    private final int rows;
    private final int width;

    Rows(INDArray array) {
      rows = (int) array.size(0);
      width = (int) array.size(1);
      values = new float[rows * width];
      Maths.read(array, values, 0);
    }

    /** Place of a row's highest value. */
    int highest(int row) {
      int best = 0;
      for (int i = 1; i < width; i++) {
        best = values[row * width + i] > values[row * width + best] ? i : best;
      }
      return best;
    }

    /** The row of others that a row is nearest to. */
    int nearest(int row, Rows others) {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int other = 0; other < others.rows; other++) {
        double distance = 0;
        for (int i = 0; i < width && distance < least; i++) {
          double apart = values[row * width + i] - others.values[other * width + i];
          distance += apart * apart;
        }
        if (distance < least) {
          least = distance;
          best = other;
        }
      }
      return best;
    }

    /** Over the rows, the biased one, which a single row has, too; mean over the columns. */
    double variance() {
      double sum = 0;
      for (int i = 0; i < width; i++) {
        double mean = 0;
        for (int row = 0; row < rows; row++) {
          mean += values[row * width + i] / (double) rows;
        }
        for (int row = 0; row < rows; row++) {
          sum += Math.pow(values[row * width + i] - mean, 2) / rows;
        }
      }
      return sum / width;
    }
  }
}
