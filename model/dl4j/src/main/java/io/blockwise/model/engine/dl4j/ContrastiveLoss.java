package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Supervised contrastive local loss with its projection head, and the probe's cross-entropy on the
 * detached output (methods 2c).
 */
final class ContrastiveLoss implements LocalLoss {
  private final Layer head;
  private final Exit exit;
  private final SupervisedContrast contrast;
  private final Memory memory;

  ContrastiveLoss(Layer head, Exit exit, LossSpec.Scpl spec, Memory memory) {
    this.head = head;
    this.exit = exit;
    this.contrast = new SupervisedContrast(spec.temperature(), spec.divisor());
    this.memory = memory;
  }

  @Override
  public Outcome evaluate(LossInput in) {
    SoftmaxCrossEntropy.Outcome probe = exit.evaluate(in);
    exit.backwardDetached(probe);

    INDArray p = head.train(in.output());
    int rows = (int) p.size(0);
    INDArray gram = memory.take("gram", rows, rows);
    Maths.multiply(p, false, p, true, 1, memory, gram);
    double loss = contrast.evaluate(gram, in.labels());
    INDArray dp = memory.gradient(p, p.shape());
    Maths.multiply(gram, false, p, false, 1, memory, dp);
    return new Outcome(
        List.of(new LossTerm("contrastive", loss), new LossTerm("cross-entropy", probe.loss())),
        probe.correct(),
        head.backward(dp));
  }

  @Override
  public INDArray scores(INDArray output) {
    return exit.scores(output);
  }
}
