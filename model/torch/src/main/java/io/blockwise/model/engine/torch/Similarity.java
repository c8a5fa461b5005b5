package io.blockwise.model.engine.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Similarity of rows, compared with that of their labels (Nøkland and Eidnes 2019; methods 2e).
 *
 * <pre>
 *   S(A) = N N^T within [-1, 1],  N_i = (A_i - mean(A_i)) / (|A_i - mean(A_i)| + 1e-8)
 * </pre>
 *
 * S(Y) of one-hot labels is 1 for equal classes and {@code -1 / (classes - 1)} for others.
 */
final class Similarity {
  private Similarity() {}

  /** {@code mean_ij (S(rows) - S(Y))^2}, of rows {@code [rows, width]}. */
  static Tensor distance(Tensor rows, Labels labels, long classes) {
    Tensor wanted = labels.derived("similarity", ids -> of(ids, classes));
    return torch.mse_loss(of(rows), wanted);
  }

  private static Tensor of(Tensor rows) {
    long[] ofRow = {1};
    Tensor centred = rows.sub(rows.mean(ofRow, true, new ScalarTypeOptional()));
    Tensor norm = centred.norm(new ScalarOptional(new Scalar(2.0)), ofRow, true);
    Tensor n = centred.div(norm.add(new Scalar(1e-8)));
    return n.mm(n.t()).clamp(bound(-1), bound(1));
  }

  private static ScalarOptional bound(double value) {
    return new ScalarOptional(new Scalar(value));
  }

  private static Tensor of(Tensor classIds, long classes) {
    Tensor same = classIds.unsqueeze(0).eq(classIds.unsqueeze(1)).to(ScalarType.Float);
    double others = 1.0 / (classes - 1);
    return same.mul_(new Scalar(1 + others)).sub_(new Scalar(others));
  }
}
