package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.AlSpec.Inverse;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Associated learning (Kao 2019; methods 2b), both of its losses at the parameters before the step.
 *
 * <pre>
 *   t = encoder(t_before)
 *   L = mse(bridge(s), sg(t)) + d(decoder(t), sg(t_before))
 * </pre>
 *
 * @param first whether the target before is the labels
 * @param inverse d of the first block
 */
record AssociatedLoss(
    Layer bridge, Layer encoder, Layer itsDecoder, boolean first, Inverse inverse, int classes)
    implements LocalLoss {
  private static final double NEVER = -1e9;

  static AssociatedLoss of(AlSpec spec, Parts of) {
    return new AssociatedLoss(
        of.module("bridge"),
        of.module("encoder"),
        of.module("decoder"),
        of.in().target().isEmpty(),
        spec.inverse(),
        of.classes());
  }

  @Override
  public Outcome evaluate(LossInput in) {
    Tensor before = before(in);
    Tensor encoded = encoder.forward(before, in.pass());
    Tensor target = encoded.detach();
    Tensor bridged = bridge.forward(in.output(), in.pass());
    Tensor decoded = itsDecoder.forward(encoded, in.pass());
    return new Outcome(
        List.of(
            new Term("associated", torch.mse_loss(bridged, target)),
            new Term("inverse", inverse(decoded, before, in)),
            new Term(AlSpec.VARIANCE, variance(target), false)),
        scores(bridged.detach(), target, in),
        Optional.of(target));
  }

  private Tensor before(LossInput in) {
    return in.target().orElseGet(() -> oneHot(in.labels()));
  }

  @Override
  public Optional<Tensor> target(LossInput in) {
    return Optional.of(encoder.forward(before(in), in.pass()));
  }

  private Tensor inverse(Tensor decoded, Tensor before, LossInput in) {
    return first && inverse == Inverse.CROSS_ENTROPY
        ? in.entropy(decoded)
        : torch.mse_loss(decoded, before);
  }

  /** Over the batch, the biased one, which a single row has, too; mean over the features. */
  private static Tensor variance(Tensor target) {
    return target.var(new long[] {0}, false, false).mean();
  }

  /**
   * What right answers are counted by. Only the first block has class scores; of a later one it is
   * the class whose target is nearest, among the classes of the batch.
   */
  private Tensor scores(Tensor bridged, Tensor target, LossInput in) {
    if (first) {
      return itsDecoder.forward(bridged, in.pass());
    }
    Tensor ofClasses = in.labels().derived("means of classes", this::means).mm(target);
    Tensor squares = ofClasses.square().sum(new long[] {1}, false, new ScalarTypeOptional());
    Tensor absent = in.labels().derived("absent classes", this::absent);
    return bridged.mm(ofClasses.t()).mul_(new Scalar(2.0)).sub_(squares).add_(absent);
  }

  private Tensor oneHot(Labels labels) {
    return labels.derived("one-hot", this::oneHot);
  }

  private Tensor oneHot(Tensor labels) {
    return torch.one_hot(labels, classes).to(ScalarType.Float);
  }

  /** {@code [classes, rows]}: what makes of rows the mean of those of each class. */
  private Tensor means(Tensor labels) {
    Tensor ofClass = oneHot(labels).t();
    Tensor rows = ofClass.sum(new long[] {1}, true, new ScalarTypeOptional());
    return ofClass.div(rows.clamp_min_(new Scalar(1.0)));
  }

  /** A score that never wins, for classes that the batch does not have. */
  private Tensor absent(Tensor labels) {
    Tensor rows = oneHot(labels).sum(new long[] {0}, false, new ScalarTypeOptional());
    return rows.eq(new Scalar(0.0)).to(ScalarType.Float).mul_(new Scalar(NEVER));
  }

  @Override
  public Tensor scores(Tensor output, Pass pass) {
    return bridge.forward(output, pass);
  }

  @Override
  public Optional<Layer> decoder() {
    return Optional.of(itsDecoder);
  }
}
