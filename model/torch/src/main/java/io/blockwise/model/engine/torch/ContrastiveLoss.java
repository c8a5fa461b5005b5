package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.LossSpec.Divisor;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
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
  /** Takes a row itself out of the sums: nothing is left of its power of e, and 0 times it is 0. */
  private static final double NEVER = -1e9;

  @Override
  public Outcome evaluate(LossInput in) {
    Tensor scores = scores(in.output().detach(), in.pass());
    Tensor contrast = contrast(head.forward(in.output(), in.pass()), in.labels());
    Tensor entropy = in.entropy(scores);
    return new Outcome(
        List.of(new Term("contrastive", contrast), new Term("cross-entropy", entropy)), scores);
  }

  /** The contrastive term of projected embeddings {@code [rows, width]}. */
  private Tensor contrast(Tensor embeddings, Labels labels) {
    Tensor z = torch.normalize(embeddings);
    Tensor self = labels.derived("self", classes -> self(embeddings));
    Tensor weights = labels.derived("weights of " + spec.divisor(), this::weights);
    Scalar one = new Scalar(1.0);
    Tensor a = torch.addmm(self, z, z.t(), one, new Scalar(1 / spec.temperature()));
    return a.log_softmax(1).mul(weights).sum();
  }

  private static Tensor self(Tensor embeddings) {
    return torch.eye(embeddings.size(0), embeddings.options()).mul_(new Scalar(NEVER));
  }

  /** What each {@code q_ij} counts, {@code [rows, rows]}: nothing unless j is a positive of i. */
  private Tensor weights(Tensor classes) {
    Tensor same = classes.unsqueeze(0).eq(classes.unsqueeze(1)).to(ScalarType.Float);
    Tensor mask = same.fill_diagonal_(new Scalar(0.0)).neg_();
    Tensor count = mask.sum(new long[] {1}, true, new ScalarTypeOptional()).neg_();
    if (spec.divisor() == Divisor.AUTHORS) {
      return mask.div_(count.add_(new Scalar(1)).mul_(new Scalar((double) classes.size(0))));
    }
    Scalar one = new Scalar(1.0);
    Tensor anchors = count.clamp_max(one).sum().clamp_min(one);
    return mask.div_(count.clamp_min(one).mul_(anchors));
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(output, pass);
  }
}
