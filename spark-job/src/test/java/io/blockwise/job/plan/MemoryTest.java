package io.blockwise.job.plan;

import static io.blockwise.job.plan.Memory.MEBI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.plan.Memory.Role;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final Rehearsal.Footprint WORKERS =
      new Rehearsal.Footprint(100 * MEBI, 300 * MEBI);

  @TempDir Path directory;

  @Test
  void rowsTakeWhatTheDataSetTakesInMemory() {
    SmallRuns.Parts parts = SmallRuns.parts(SmallRuns.settings(directory));
    Manifest manifest = parts.dataset().manifest();
    long bytes = 0;
    for (SplitContent split : manifest.splits().values()) {
      for (Shard shard : split.shards()) {
        var rows = parts.dataset().read(shard);
        bytes += rows.field("pixels", ImageValues.class).pixels().length;
        bytes += (long) Integer.BYTES * rows.count();
      }
    }
    assertThat(PlannedData.of(manifest).bytes()).isEqualTo(bytes);
  }

  @Test
  void everyFurtherWorkerTakesWhatOneMoreHasTaken() {
    Rehearsal.Footprint three = new Rehearsal.Footprint(140 * MEBI, 380 * MEBI);
    Rehearsal.Result result = new Rehearsal.Result(5, 0.1, List.of(0.1), WORKERS, three, 3);
    assertThat(result.of(1)).isEqualTo(WORKERS);
    assertThat(result.of(3)).isEqualTo(three);
    assertThat(result.of(5)).isEqualTo(new Rehearsal.Footprint(180 * MEBI, 460 * MEBI));
  }

  @Test
  void settingsLeaveRoomForGarbageAndAreNoLessThanSparkTakes() {
    Memory large = Memory.of(Role.EXECUTOR, 4096 * MEBI, 300 * MEBI, NONE);
    assertThat(large.heapSetting()).isBetween(large.heap() * 3 / 2, large.heap() * 2);
    assertThat(large.overheadSetting()).isBetween(large.outside() * 5 / 4, large.outside() * 2);
    Memory small = Memory.of(Role.EXECUTOR, MEBI, MEBI, NONE);
    assertThat(small.heapSetting()).isEqualTo(512 * MEBI);
    assertThat(small.overheadSetting()).isEqualTo(384 * MEBI);
    assertThat(Memory.of(Role.DRIVER, MEBI, 0, NONE).heapSetting()).isEqualTo(1024 * MEBI);
  }

  /** One push of every block and worker as it came, and put together. */
  @Test
  void driverHoldsWhatItsWorkersPush() {
    long one = Memory.ofLedgers(40 * MEBI, 1, 0);
    assertThat(Memory.ofLedgers(40 * MEBI, 9, 0) - one).isEqualTo(8 * 2 * 40 * MEBI);
    assertThat(Memory.ofLedgers(40 * MEBI, 1, OuterOptimiser.NESTEROV.vectors()) - one)
        .as("a momentum, and the next one while a round is folded")
        .isEqualTo(2 * 40 * MEBI);
  }

  /** A double for every parameter, whatever the number of workers. */
  @Test
  void driverAddsUpChangesForTheGainOfSeveralWorkers() {
    assertThat(Memory.ofGain(Gain.NORM, 1000, 2)).isEqualTo(8000);
    assertThat(Memory.ofGain(Gain.NORM, 1000, 9)).isEqualTo(8000);
    assertThat(Memory.ofGain(Gain.NORM, 1000, 1)).isZero();
    assertThat(Memory.ofGain(Gain.NONE, 1000, 9)).isZero();
  }

  @Test
  void heapOrOverheadThatIsTooSmallIsRefused() {
    Memory memory = Memory.of(Role.EXECUTOR, 400 * MEBI, 300 * MEBI, OptionalLong.of(300 * MEBI));
    assertThatThrownBy(() -> memory.requireRoom("spark.executor.memory", NONE))
        .hasMessage(
            "Cannot train with spark.executor.memory = 300m: the process needs about 470 MiB of"
                + " heap (raise it to 768m, or lower workers, training.batch-size or data.memory)");
    Memory enough = Memory.of(Role.EXECUTOR, 400 * MEBI, 300 * MEBI, NONE);
    assertThatThrownBy(() -> enough.requireRoom("", OptionalLong.of(MEBI)))
        .hasMessageStartingWith("Cannot train with spark.executor.memoryOverhead = 1m: ")
        .hasMessageContaining("outside the heap");
    enough.requireRoom("", OptionalLong.of(enough.outside()));
  }
}
