package io.blockwise.job.plan;

import static io.blockwise.job.plan.MemoryModel.MEBI;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryModelTest {
  private static final OptionalLong NONE = OptionalLong.empty();
  private static final long STATE = 40 * MEBI;

  @TempDir Path directory;

  @Test
  void everyReplicaTakesItsVectorsAndItsNativeMemory() {
    Memory one = model(0, 1).executor(1, NONE);
    Memory three = model(0, 1).executor(3, NONE);
    assertThat(three.heap() - one.heap()).isBetween(2 * 9 * STATE, 2 * 11 * STATE);
    assertThat(three.nativeBytes() - one.nativeBytes()).isBetween(200 * MEBI, 300 * MEBI);
    assertThat(one.nativeBytes()).isGreaterThan(300 * MEBI);
  }

  @Test
  void rowsAreKeptUpToTheirLimit() {
    long none = model(0, 1).executor(1, NONE).heap();
    assertThat(model(100 * MEBI, 1).executor(1, NONE).heap()).isEqualTo(none + 100 * MEBI);
    assertThat(model(9000 * MEBI, 1).executor(1, NONE).heap()).isEqualTo(none + 2048 * MEBI);
  }

  @Test
  void settingsLeaveRoom() {
    Memory memory = model(0, 1).executor(1, NONE);
    assertThat(memory.heapSetting()).isBetween(memory.heap() * 3 / 2, memory.heap() * 2);
    assertThat(MemoryModel.overheadSetting(memory.nativeBytes()))
        .isBetween(memory.nativeBytes() * 5 / 4, memory.nativeBytes() * 2);
    assertThat(MemoryModel.heapSetting(MEBI)).isEqualTo(512 * MEBI);
    assertThat(MemoryModel.overheadSetting(MEBI)).isEqualTo(384 * MEBI);
  }

  @Test
  void processNeverTakesMoreThanItsHeapAndWhatIsOutside() {
    Memory tight = model(0, 1).executor(1, OptionalLong.of(500 * MEBI));
    assertThat(tight.touched()).isEqualTo(500 * MEBI);
    assertThat(tight.resident()).isEqualTo(500 * MEBI + tight.nativeBytes());
    Memory wide = model(0, 1).executor(1, OptionalLong.of(64_000 * MEBI));
    assertThat(wide.touched()).isLessThan(2 * wide.heap());
  }

  @Test
  void driverHoldsWhatItsWorkersPush() {
    long one = model(0, 1).driverHeap();
    assertThat(model(0, 9).driverHeap() - one).isEqualTo(8 * 2 * STATE);
    assertThat(model(0, 1).driverWithWorkers(NONE).heap()).isGreaterThan(one);
  }

  private MemoryModel model(long rowBytes, int workers) {
    int values = (int) (STATE / 4);
    BlockSize block = new BlockSize(values - 100, 0, 0, 100, 0);
    Rehearsal.Result rehearsal =
        new Rehearsal.Result(List.of(block), List.of(1L), 300 * MEBI, 100 * MEBI);
    return new MemoryModel(SmallRuns.unprepared(directory), rehearsal, rowBytes, 10, workers);
  }
}
