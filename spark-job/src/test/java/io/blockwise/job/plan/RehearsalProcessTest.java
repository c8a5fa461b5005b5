package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.Engines;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RehearsalProcessTest {
  @TempDir Path directory;

  @Test
  void figuresAreThoseOfTheRealNetwork() throws Exception {
    Settings settings = SmallRuns.unprepared(directory);
    NetworkSpec network = settings.network(Shape.map(3, 32, 32), 10);
    Rehearsal.Result result =
        RehearsalProcess.run(new Rehearsal.Task(settings.engineChoice(), network, 1, 16, 16, 1), 1);
    try (DecoupledNetwork real =
        new DecoupledNetwork(Engines.create(settings.engineChoice()), network, 1)) {
      List<BlockSize> sizes = real.blocks().stream().map(BlockSize::of).toList();
      assertThat(result.blocks()).isEqualTo(sizes).hasSize(3);
    }
    BlockSize first = result.blocks().get(0);
    // two convolutions of 4 filters with batch norms; mlp head 16 to 16; exit of 4 x 16 x 16 inputs
    assertThat(first.body()).isEqualTo(3 * 4 * 9 + 4 * 4 * 9 + 4 * 4);
    assertThat(first.head()).isEqualTo((4 + 1) * 16 + (16 + 1) * 16);
    assertThat(first.exit()).isEqualTo((4 * 16 * 16 + 1) * 10);
    assertThat(first.statistics()).isEqualTo(4 * 4);
    assertThat(result.stepNanos()).hasSizeGreaterThanOrEqualTo(3);
    assertThat(result.secondsPerStep()).isPositive();
  }

  @Test
  void memoryGrowsWithTheBatchAndWithReplicas() throws Exception {
    Settings settings = SmallRuns.unprepared(directory, "vgg-small.width=16", "engine=dl4j");
    NetworkSpec network = settings.network(Shape.map(3, 32, 32), 10);
    Rehearsal.Result small =
        RehearsalProcess.run(new Rehearsal.Task(settings.engineChoice(), network, 1, 16, 16, 1), 1);
    Rehearsal.Result large =
        RehearsalProcess.run(
            new Rehearsal.Task(settings.engineChoice(), network, 1, 256, 16, 2), 1);
    long growth = large.nativeBytes() - small.nativeBytes();
    // the outputs of the first block's two convolutions, batch norms and activations alone
    long firstBlock = 4L * 240 * 32 * 32 * 16 * 6;
    assertThat(growth).isGreaterThan(firstBlock);
    assertThat(small.replicaBytes()).isZero();
    assertThat(large.replicaBytes()).isGreaterThan(firstBlock);
    assertThat(large.replicaBytes()).isLessThan(large.nativeBytes());
  }
}
