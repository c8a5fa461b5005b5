package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.States;
import io.blockwise.model.engine.Step;
import io.blockwise.model.spec.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** On a CPU with instructions for bfloat16 or without: libtorch then computes it step by step. */
class AutocastTest {
  @Test
  void lossesInBfloat16AreThoseOfFloat32ToTwoDigitsButNotToSeven() {
    List<Double> exact = losses(Precision.FLOAT32);
    List<Double> rounded = losses(Precision.BFLOAT16);
    double apart = 0;
    for (int i = 0; i < exact.size(); i++) {
      assertThat(rounded.get(i)).isCloseTo(exact.get(i), within(0.03 * exact.get(i)));
      apart = Math.max(apart, Math.abs(rounded.get(i) - exact.get(i)) / exact.get(i));
    }
    assertThat(apart).isGreaterThan(1e-5);
  }

  @Test
  void parametersAndOptimiserKeepTheirDigits() {
    Block block = block(Precision.BFLOAT16);
    try (block;
        Signal in = new TorchEngine().signal(SmallBlocks.batch(24, 1))) {
      block.train(in, 1e-3).output().close();
      float[] parameters = States.read(block, StateKind.PARAMETERS);
      int odd = 0;
      for (float value : parameters) {
        odd += (Float.floatToRawIntBits(value) & 0xffff) != 0 ? 1 : 0;
      }
      assertThat(odd).isGreaterThan(parameters.length / 2);
    }
  }

  private static Block block(Precision precision) {
    TorchEngine engine = new TorchEngine(Device.CPU, precision);
    return engine.block(SmallBlocks.contrastive(8), SmallBlocks.BORDER, 3, new SplittableRandom(1));
  }

  private static List<Double> losses(Precision precision) {
    List<Double> losses = new ArrayList<>();
    Block block = block(precision);
    try (block;
        Signal in = new TorchEngine().signal(SmallBlocks.batch(48, 1))) {
      for (int i = 0; i < 5; i++) {
        Step step = block.train(in, 1e-3);
        assertThat(step.result().trained()).isTrue();
        try (Signal output = step.output();
            Signal scores = block.answer(output)) {
          assertThat(scores.toArray()).hasSize(48 * 3);
        }
        losses.add(step.result().loss());
      }
    }
    return losses;
  }
}
