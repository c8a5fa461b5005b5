package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.DeInfoRegSpec.Exit;
import io.blockwise.model.spec.DeInfoRegSpec.Scaling;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Invariance, variance and covariance of the embeddings, and a cross-entropy (Huang 2024; methods
 * 2d).
 *
 * <pre>
 *   E = head(s);  A = E / |E_i|, or that times sqrt(D), or E;  C = A - mean of its rows
 *   invariance = mean_ij (S(Y) - S(E / |E_i|))^2
 *   variance   = mean_d max(0, 1 - sqrt(sum_i C_id^2 / (B - 1) + epsilon))    authors: / B
 *   covariance = sum_{i != j} (C^T C / (B - 1))_ij^2 / D                      authors: / B
 * </pre>
 *
 * The embeddings are float32, the terms are weighted. A single row deviates by nothing.
 */
record DeInfoRegLoss(Layer head, Layer exit, DeInfoRegSpec spec, int classes) implements LocalLoss {
  @Override
  public Outcome evaluate(LossInput in) {
    Tensor embeddings = head.forward(in.output(), in.pass());
    Tensor unit = torch.normalize(embeddings);
    Tensor scores = exit.forward(isMerged() ? embeddings : in.output().detach(), in.pass());
    Tensor centred = centred(embeddings, unit);
    return new Outcome(
        List.of(
            term("invariance", Similarity.distance(unit, in.labels(), classes), spec.weight(0)),
            term("variance", variance(centred), spec.weight(1)),
            term("covariance", covariance(centred), spec.weight(2)),
            term("cross-entropy", in.entropy(scores), spec.alpha())),
        scores);
  }

  private static Term term(String name, Tensor value, double weight) {
    return new Term(name, value.mul(new Scalar(weight)));
  }

  private boolean isMerged() {
    return spec.exit().kind() == Exit.Kind.MERGE;
  }

  private boolean isAuthors() {
    return spec.scaling() == Scaling.AUTHORS;
  }

  /** What varies, less its mean over the rows. */
  private Tensor centred(Tensor embeddings, Tensor unit) {
    Tensor rows =
        switch (spec.scaling()) {
          case AUTHORS -> unit;
          case UNIT -> unit.mul(new Scalar(Math.sqrt(unit.size(1))));
          case VICREG -> embeddings;
        };
    return rows.sub(rows.mean(new long[] {0}, true, new ScalarTypeOptional()));
  }

  private Tensor variance(Tensor centred) {
    double rows = centred.size(0);
    Tensor squares = centred.square().sum(new long[] {0}, false, new ScalarTypeOptional());
    Tensor variance = squares.div(new Scalar(Math.max(1, rows - 1)));
    Tensor deviation = variance.add(new Scalar(isAuthors() ? 1e-7 : 1e-4)).sqrt();
    Tensor hinge = deviation.neg().add(new Scalar(1.0)).relu().mean();
    return isAuthors() ? hinge.div(new Scalar(rows)) : hinge;
  }

  private Tensor covariance(Tensor centred) {
    double rows = centred.size(0);
    Scalar divisor = new Scalar(isAuthors() ? rows : Math.max(1, rows - 1));
    Tensor together = centred.t().mm(centred).div(divisor);
    Tensor apart = together.fill_diagonal_(new Scalar(0.0));
    return apart.square().sum().div(new Scalar((double) centred.size(1)));
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return exit.forward(isMerged() ? head.forward(output, pass) : output, pass);
  }
}
