package io.blockwise.model.exits;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCostsTest {
  private static NetworkSpec network(LossSpec loss) {
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    ExitSpec exit = new ExitSpec(Features.FLAT);
    BlockSpec first = new BlockSpec(List.of(new LayerSpec.Dense(20, true)), loss, exit, none);
    BlockSpec last = new BlockSpec(List.of(new LayerSpec.Dense(30, true)), loss, exit, none);
    return new NetworkSpec(Shape.vector(10), 5, List.of(first, last));
  }

  @Test
  void aShortcutAsksItsOwnExitAndLeavingAsksThoseBeforeItToo() {
    ExitCosts costs = ExitCosts.of(network(new LossSpec.CrossEntropy()));
    long first = 2 * 10 * 20;
    long last = 2 * 20 * 30;
    assertThat(costs.blocks()).containsExactly(first, last);
    assertThat(costs.exits()).containsExactly(2L * 20 * 5, 2L * 30 * 5);
    assertThat(costs.shortcut(1)).isEqualTo(first + 200);
    assertThat(costs.fullPath()).isEqualTo(first + last + 300);
    assertThat(costs.leaving(2)).isEqualTo(first + last + 200 + 300);
    assertThat(costs.shares()).containsExactly(600 / 1900.0, 2100 / 1900.0);
  }

  @Test
  void whatOnlyTrainingNeedsDoesNotCount() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.LINEAR, Features.FLAT, 1, 7);
    LossSpec contrastive = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head);
    assertThat(ExitCosts.of(network(contrastive)))
        .isEqualTo(ExitCosts.of(network(new LossSpec.CrossEntropy())));
  }

  @Test
  void anAnswerByTargetsGoesDownThroughAllDecoders() {
    LossSpec.Activation none = LossSpec.Activation.NONE;
    AlSpec targets =
        new AlSpec(
            new AlSpec.Bridge(Features.FLAT, List.of(), none),
            8,
            none,
            none,
            none,
            AlSpec.Inverse.CROSS_ENTROPY);
    ExitCosts costs = ExitCosts.of(network(targets));
    long toScores = 2 * 8 * 5;
    long toTarget = 2 * 8 * 8;
    assertThat(costs.exits())
        .containsExactly(2 * 20 * 8 + toScores, 2 * 30 * 8 + toTarget + toScores);
  }
}
