package io.blockwise.model.engine.torch;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Similarity matching and local prediction (Nøkland and Eidnes 2019; methods 2e).
 *
 * <pre>
 *   L = beta mean_ij (S(head(s)) - S(Y))^2 + (1 - beta) CE(exit(s), y)
 * </pre>
 *
 * S is {@link Similarity}. With beta 1 it trains the block alone, and the exit is a probe, trained
 * by the cross-entropy on the detached output.
 */
record PredSimLoss(Layer head, Layer exit, double beta) implements LocalLoss {
  /** Below a root, whose slope at 0 is not finite; lost in the rounding of anything else. */
  private static final double TINY = 1e-30;

  @Override
  public Outcome evaluate(LossInput in) {
    // of the similarity alone the exit is a probe: its share would be nothing
    boolean probe = beta == 1;
    Tensor scores = scores(probe ? in.output().detach() : in.output(), in.pass());
    Tensor rows = rows(head.forward(in.output(), in.pass()));
    Tensor distance = Similarity.distance(rows, in.labels(), scores.size(1));
    Tensor prediction = in.entropy(scores);
    return new Outcome(
        List.of(
            new Term("similarity", distance.mul(new Scalar(beta))),
            new Term("prediction", prediction.mul(new Scalar(probe ? 1 : 1 - beta)))),
        scores);
  }

  /** What of a map is compared: the deviation of each channel, of few channels all values. */
  private static Tensor rows(Tensor a) {
    boolean deviations = a.dim() == 4 && a.size(1) > 3 && a.size(2) * a.size(3) > 1;
    return deviations
        ? a.var(new long[] {2, 3}, true, false).add(new Scalar(TINY)).sqrt()
        : a.flatten(1, -1);
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
