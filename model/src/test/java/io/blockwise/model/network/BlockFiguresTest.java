package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.StepResult.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockFiguresTest {
  private static final BlockFigures FIRST =
      BlockFigures.of(
          trained(10, new LossTerm("associated", 2), new LossTerm("variance", 7, false)));
  private static final BlockFigures SECOND =
      BlockFigures.of(
          trained(30, new LossTerm("associated", 1), new LossTerm("variance", 3, false)));

  @Test
  void termsAreMeansPerRowAndOneThatIsOnlyLookedAtIsNotInTheLoss() {
    BlockFigures both = FIRST.plus(SECOND);
    assertThat(both.means())
        .containsExactly(Map.entry("associated", 1.25), Map.entry("variance", 4.0));
    assertThat(both.loss()).isEqualTo(50);
    assertThat(both.rows()).isEqualTo(40);
    assertThat(both.minus(FIRST)).isEqualTo(SECOND);
  }

  @Test
  void aTermThatComesLaterIsAdded() {
    BlockFigures third = BlockFigures.of(trained(10, new LossTerm("cross-entropy", 0.5)));
    assertThat(BlockFigures.NONE.plus(FIRST).plus(third).means())
        .containsExactly(
            Map.entry("associated", 1.0),
            Map.entry("variance", 3.5),
            Map.entry("cross-entropy", 0.25));
  }

  @Test
  void aBatchThatWasNotTakenHasNoTerms() {
    assertThat(BlockFigures.of(StepResult.skipped(10))).isEqualTo(BlockFigures.NONE);
    assertThat(BlockFigures.NONE.means()).isEmpty();
  }

  private static StepResult trained(int rows, LossTerm... terms) {
    return new StepResult(Outcome.TRAINED, rows, 1, List.of(terms));
  }
}
