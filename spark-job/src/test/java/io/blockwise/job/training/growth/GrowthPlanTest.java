package io.blockwise.job.training.growth;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.GrowthSettings.Earlier;
import io.blockwise.job.worker.BlockSpan;
import io.blockwise.model.averaging.TrainedBlocks;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrowthPlanTest {
  @Test
  void withoutGrowthAllBlocksTrainAllTheTime() {
    GrowthPlan plan = new GrowthPlan(3, 0, List.of(), Earlier.FROZEN);
    assertThat(plan.of(1)).isEqualTo(TrainedBlocks.all(3));
    assertThat(plan.of(9)).isEqualTo(TrainedBlocks.all(3));
    assertThat(plan.spans(List.of(10L, 12L))).containsOnly(new BlockSpan(0, 22)).hasSize(3);
  }

  @Test
  void ancestorsAreFrozenUnlessTheyTrainOn() {
    assertThat(new GrowthPlan(3, 2, List.of(), Earlier.FROZEN).of(1))
        .isEqualTo(new TrainedBlocks(2, 3));
    assertThat(new GrowthPlan(3, 2, List.of(), Earlier.TRAINED).of(1))
        .isEqualTo(TrainedBlocks.all(3));
  }

  @Test
  void blocksJoinOneByOneAndFreezeThoseBefore() {
    GrowthPlan plan = new GrowthPlan(4, 0, List.of(3, 4), Earlier.FROZEN);
    assertThat(IntStream.rangeClosed(1, 5).mapToObj(plan::of))
        .containsExactly(
            new TrainedBlocks(0, 2),
            new TrainedBlocks(0, 2),
            new TrainedBlocks(2, 3),
            new TrainedBlocks(3, 4),
            new TrainedBlocks(3, 4));
    assertThat(plan.spans(List.of(10L, 10L, 11L, 12L, 13L)))
        .containsExactly(
            new BlockSpan(0, 20),
            new BlockSpan(0, 20),
            new BlockSpan(20, 11),
            new BlockSpan(31, 25));
  }

  @Test
  void blocksJoinThoseThatTrainOn() {
    GrowthPlan plan = new GrowthPlan(3, 1, List.of(2), Earlier.TRAINED);
    assertThat(plan.of(1)).isEqualTo(new TrainedBlocks(0, 2));
    assertThat(plan.of(2)).isEqualTo(TrainedBlocks.all(3));
    assertThat(plan.spans(List.of(10L, 10L)))
        .containsExactly(new BlockSpan(0, 20), new BlockSpan(0, 20), new BlockSpan(10, 10));
  }

  @Test
  void whatNeverTrainsHasNoPart() {
    GrowthPlan plan = new GrowthPlan(2, 1, List.of(), Earlier.FROZEN);
    assertThat(plan.spans(List.of(10L))).containsExactly(new BlockSpan(0, 1), new BlockSpan(0, 10));
  }

  @Test
  void progressIsThatOfTheBlocksOwnPart() {
    BlockSpan span = new BlockSpan(20, 10);
    assertThat(span.progress(0)).isZero();
    assertThat(span.progress(25)).isEqualTo(0.5);
    assertThat(span.progress(40)).isEqualTo(1);
  }
}
