package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Divisor;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Supervised contrastive local loss (Khosla 2020, "out" form; methods 2c) with its projection head,
 * and the probe's cross-entropy on the detached output.
 *
 * <pre>
 *   z_i = P(s)_i / |P(s)_i|   a_ij = z_i z_j / temperature
 *   q_ij = a_ij - ln sum_{m != i} exp(a_im)
 *   l_i = - sum_{j in Pos(i)} q_ij / divisor_i,   L = mean of l_i over the anchors that count
 * </pre>
 */
record ContrastiveLoss(Layer head, Layer exit, LossSpec.Scpl spec) implements LocalLoss {
  @Override
  public List<String> terms() {
    return List.of("contrastive", "cross-entropy");
  }

  @Override
  public Outcome evaluate(Tensor output, Tensor classes, Pass pass) {
    Tensor scores = exit.forward(output.detach(), pass);
    Tensor contrast = contrast(head.forward(output, pass), classes);
    return new Outcome(List.of(contrast, torch.cross_entropy_loss(scores, classes)), scores);
  }

  /** The contrastive term of projected embeddings {@code [rows, width]}. */
  private Tensor contrast(Tensor embeddings, Tensor classes) {
    if (embeddings.size(0) == 1) {
      return embeddings.square().sum().mul(new Scalar(0.0)); // the logarithm of no others
    }
    Tensor z = torch.normalize(embeddings);
    Tensor similarity = z.mm(z.t()).div(new Scalar(spec.temperature()));
    Tensor self = torch.eye(embeddings.size(0), classes.options()).to(ScalarType.Bool);
    Tensor others =
        similarity
            .masked_fill(self, new Scalar(Double.NEGATIVE_INFINITY))
            .logsumexp(new long[] {1}, true);
    return similarity.sub(others).mul(weights(classes, self)).sum().neg();
  }

  /** What each {@code q_ij} counts: nothing unless j is a positive of i. */
  private Tensor weights(Tensor classes, Tensor self) {
    Tensor positive = classes.unsqueeze(0).eq(classes.unsqueeze(1)).logical_and(self.logical_not());
    Tensor mask = positive.to(ScalarType.Float);
    Tensor count = mask.sum(new long[] {1}, true, new org.bytedeco.pytorch.ScalarTypeOptional());
    if (spec.divisor() == Divisor.AUTHORS) {
      return mask.div(count.add(new Scalar(1))).div(new Scalar((double) classes.size(0)));
    }
    Scalar one = new Scalar(1.0);
    Tensor anchors = count.ge(one).to(ScalarType.Float).sum().clamp_min(one);
    return mask.div(count.clamp_min(one)).div(anchors);
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
