package io.blockwise.model.engine.torch;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Similarity matching and local prediction (Nøkland and Eidnes 2019; methods 2e).
 *
 * <pre>
 *   L = beta mean_ij (S(head(s)) - S(Y))^2 + (1 - beta) CE(exit(s), y)
 *   S(A) = N N^T within [-1, 1],  N_i = (A_i - mean(A_i)) / (|A_i - mean(A_i)| + 1e-8)
 * </pre>
 *
 * S(Y) of one-hot labels is 1 for equal classes and {@code -1 / (classes - 1)} for others.
 */
record PredSimLoss(Layer head, Layer exit, double beta) implements LocalLoss {
  /** Below a root, whose slope at 0 is not finite; lost in the rounding of anything else. */
  private static final double TINY = 1e-30;

  @Override
  public Outcome evaluate(LossInput in) {
    Tensor scores = scores(in.output(), in.pass());
    Tensor similarity = similarity(rows(head.forward(in.output(), in.pass())));
    long count = scores.size(1);
    Tensor wanted = in.labels().derived("similarity", classes -> similarity(classes, count));
    Tensor distance = torch.mse_loss(similarity, wanted);
    Tensor prediction = torch.cross_entropy_loss(scores, in.classes());
    return new Outcome(
        List.of(
            new Term("similarity", distance.mul(new Scalar(beta))),
            new Term("prediction", prediction.mul(new Scalar(1 - beta)))),
        scores);
  }

  /** What of a map is compared: the deviation of each channel, of few channels all values. */
  private static Tensor rows(Tensor a) {
    boolean deviations = a.dim() == 4 && a.size(1) > 3 && a.size(2) * a.size(3) > 1;
    return deviations
        ? a.var(new long[] {2, 3}, true, false).add(new Scalar(TINY)).sqrt()
        : a.flatten(1, -1);
  }

  private static Tensor similarity(Tensor rows) {
    long[] ofRow = {1};
    Tensor centred = rows.sub(rows.mean(ofRow, true, new ScalarTypeOptional()));
    Tensor norm = centred.norm(new ScalarOptional(new Scalar(2.0)), ofRow, true);
    Tensor n = centred.div(norm.add(new Scalar(1e-8)));
    return n.mm(n.t()).clamp(bound(-1), bound(1));
  }

  private static ScalarOptional bound(double value) {
    return new ScalarOptional(new Scalar(value));
  }

  private static Tensor similarity(Tensor classes, long count) {
    Tensor same = classes.unsqueeze(0).eq(classes.unsqueeze(1)).to(ScalarType.Float);
    double others = 1.0 / (count - 1);
    return same.mul_(new Scalar(1 + others)).sub_(new Scalar(others));
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
