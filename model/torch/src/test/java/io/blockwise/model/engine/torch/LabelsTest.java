package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.spec.Border;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private final TorchEngine engine = new TorchEngine();
  private final List<Tensor> made = new ArrayList<>();

  @Test
  void whatIsMadeOfThemIsMadeOnceForAllBlocksAndFreedWithTheLastSignal() {
    TorchSignal in = (TorchSignal) engine.signal(SmallBlocks.batch(12, 1));
    Block block =
        engine.block(
            SmallBlocks.contrastive(4), Border.of(SmallBlocks.INPUT), 3, new SplittableRandom(1));
    try (block) {
      TorchSignal next = (TorchSignal) block.train(in, 0.1).output();
      double sum = sum(in.rowLabels());
      in.close();
      in.close();
      assertThat(sum(next.rowLabels())).isEqualTo(sum);
      assertThat(made).hasSize(1);
      assertThat(made.get(0).isNull()).isFalse();
      next.close();
      assertThat(made.get(0).isNull()).isTrue();
    }
  }

  private double sum(Labels labels) {
    float[] sum = new float[1];
    Scope.run(() -> Host.read(labels.derived("squares", this::squares).sum(), sum, 0));
    return sum[0];
  }

  private Tensor squares(Tensor classes) {
    Tensor squares = classes.square();
    made.add(squares);
    return squares;
  }
}
