package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Precision;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(240)
@Tag("slow")
class RehearsalProcessTest {
  private static final int WIDTH = 16;

  @TempDir Path directory;

  @Test
  void sizesAreThoseOfTheRealBlocks() {
    WorkerPlan plan = task(1).plan();
    try (DecoupledNetwork real =
        new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), 1)) {
      List<BlockSize> sizes = BlockSize.of(plan.network());
      assertThat(sizes).hasSize(real.blocks().size());
      for (int k = 0; k < sizes.size(); k++) {
        Block block = real.blocks().get(k);
        assertThat(sizes.get(k).parameters()).isEqualTo(block.length(StateKind.PARAMETERS));
        assertThat(sizes.get(k).statistics()).isEqualTo(block.length(StateKind.STATISTICS));
      }
    }
    BlockSize first = BlockSize.of(task(1, "vgg-small.width=4").plan().network()).get(0);
    // two convolutions of 4 filters with batch norms; mlp head 16 to 16; exit of 4 x 16 x 16 inputs
    assertThat(first.body()).isEqualTo(3 * 4 * 9 + 4 * 4 * 9 + 4 * 4);
    assertThat(first.head()).isEqualTo((4 + 1) * 16 + (16 + 1) * 16);
    assertThat(first.exit()).isEqualTo((4 * 16 * 16 + 1) * 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void memoryGrowsWithTheBatchAndWithWorkers(String engine) throws Exception {
    Rehearsal.Result small = run(task(1, "engine=" + engine));
    Rehearsal.Result large = run(task(2, "engine=" + engine, "training.batch-size=128"));
    assertThat(small.of(1)).isEqualTo(small.one());
    assertThat(small.steps()).isGreaterThanOrEqualTo(3);
    assertThat(small.secondsPerStep()).isPositive();
    // what the first block's two convolutions, batch norms and activations put out
    assertThat(large.one().outside() - small.one().outside()).isGreaterThan(outputs(128 - 16));
    assertThat(large.several().outside() - large.one().outside()).isGreaterThan(outputs(128));
    // with two views a batch has twice as many rows
    Rehearsal.Result views =
        run(
            task(
                1,
                "engine=" + engine,
                "training.batch-size=128",
                "training.augmentation=two-view"));
    assertThat(views.one().outside() - large.one().outside()).isGreaterThan(outputs(128));
  }

  private static long outputs(int rows) {
    return 4L * rows * 32 * 32 * WIDTH * 6;
  }

  /** Of a layer of 3 million values, a worker and its ledger hold at least these. */
  @Test
  void heapGrowsWithWhatIsAveraged() throws Exception {
    String[] sets = {"averaging.period=1", "backbone=mlp", "mlp.hidden=[1000]", "method=bp"};
    Rehearsal.Task large = task(2, sets);
    sets[2] = "mlp.hidden=[10]";
    long state = BlockSize.of(large.plan().network()).get(0).stateBytes();
    assertThat(state).isGreaterThan(12_000_000);
    Rehearsal.Result result = run(large);
    long growth = result.one().heap() - run(task(1, sets)).one().heap();
    // the ledger's value, the replica's and what it pushed are always there; pushes come and go
    assertThat(growth).isBetween(3 * state, 14 * state);
    assertThat(result.several().heap() - result.one().heap()).isBetween(state, 14 * state);
  }

  @Test
  void lockStepAndRoundsThatAreNotFullDoNotWait() throws Exception {
    String[] sets = {
      "averaging.rule=quorum", "workers=4", "averaging.quorum.size=4", "averaging.quorum.wait=1h"
    };
    assertThat(run(task(2, sets)).several().outside()).isPositive();
  }

  @Test
  void blocksThatLearnFromTheNextOnesLossAreTimedToo() throws Exception {
    Rehearsal.Task task = task(1, "engine=torch", "method=pred", "span=2");
    assertThat(BlockTimes.of(task.plan())).hasSize(3).allMatch(seconds -> seconds > 0);
  }

  @Test
  void trialThatFailsSaysWhy() {
    Rehearsal.Task good = task(1);
    EngineChoice absent = new EngineChoice(new EngineName("absent"), Precision.FLOAT32);
    assertThatThrownBy(() -> run(new Rehearsal.Task(good.plan().with(absent), good.schema(), 1)))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot plan: the trial of the network ended with code 1: ")
        .hasMessageContaining("Cannot use engine = absent: ")
        .hasMessageEndingWith("(lower training.batch-size, or free memory)");
  }

  private Rehearsal.Task task(int workers, String... sets) {
    String[] all = new String[sets.length + 1];
    System.arraycopy(sets, 0, all, 1, sets.length);
    all[0] = "vgg-small.width=" + WIDTH;
    Settings settings = SmallRuns.unprepared(directory, all);
    PlannedData data = PlannedData.expected(settings.data());
    NetworkSpec network = settings.network(RowTransform.input(data.schema()), data.classes());
    return Plan.task(settings, network, data.schema(), workers);
  }

  private static Rehearsal.Result run(Rehearsal.Task task) throws Exception {
    return RehearsalProcess.run(task, 1);
  }
}
