package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 360 rows of train in four shards of 90, batches of 16, two epochs. */
class ScheduleTest {
  @TempDir Path directory;

  @Test
  void rowsOfDataThatIsNotPreparedAreThoseOfThePreparedOne() {
    Settings settings = SmallRuns.settings(directory);
    PlannedData expected = PlannedData.expected(settings.data());
    PlannedData real = PlannedData.of(SmallRuns.parts(settings).dataset().manifest());
    assertThat(expected.prepared()).isFalse();
    assertThat(real.prepared()).isTrue();
    assertThat(expected.ofTrain()).isEqualTo(real.ofTrain()).isEqualTo(360);
    assertThat(expected.rows()).isEqualTo(real.rows()).isEqualTo(500);
    assertThat(expected.bytes()).isEqualTo(real.bytes());
    assertThat(RowTransform.input(expected.schema())).isEqualTo(RowTransform.input(real.schema()));
    assertThat(expected.classes()).isEqualTo(real.classes());
    assertThat(expected.train().stream().map(shard -> shard.rows()))
        .isEqualTo(real.train().stream().map(shard -> shard.rows()).toList());
  }

  @Test
  void workersShareTheStepsOfAnEpoch() {
    assertSchedule(1, "[4]", "[22]", 8, 44);
    assertSchedule(2, "[2, 2]", "[11, 11]", 8, 44);
    assertSchedule(3, "[2, 1, 1]", "[11, 5, 5]", 24, 42);
    assertSchedule(4, "[1, 1, 1, 1]", "[5, 5, 5, 5]", 40, 40);
  }

  private void assertSchedule(int workers, String shards, String steps, long leftOut, long all) {
    Settings settings = SmallRuns.unprepared(directory, "workers=" + workers);
    Schedule schedule =
        Schedule.of(settings, PlannedData.expected(settings.data()).train(), workers);
    assertThat(schedule.shards()).hasToString(shards);
    assertThat(schedule.steps()).hasToString(steps);
    assertThat(schedule.rowsLeftOut()).isEqualTo(leftOut);
    assertThat(schedule.stepsOfRun()).isEqualTo(all);
  }

  @Test
  void stepsAreThoseThatTrainingCountsOn() {
    Settings settings = SmallRuns.settings(directory, "workers=3", "training.epochs=5");
    SmallRuns.Parts parts = SmallRuns.parts(settings);
    assertThat(Schedule.of(settings, parts.shards(), 3).stepsOfRun() * 16)
        .isEqualTo(parts.plan().examplesOfRun());
  }

  @Test
  void epochsOfEachWorkerAreAsManyStepsAsThoseOfOne() {
    Settings settings =
        SmallRuns.settings(directory, "workers=2", "training.epochs-at=steps", "training.epochs=3");
    SmallRuns.Parts parts = SmallRuns.parts(settings);
    Schedule schedule = Schedule.of(settings, parts.shards(), 2);
    assertThat(schedule.steps()).hasToString("[11, 11]");
    assertThat(schedule.stepsOfRun()).isEqualTo(2 * 3 * 22);
    assertThat(parts.plan().examplesOfRun()).isEqualTo(2 * 3 * 22 * 16);
  }

  @Test
  void batchLargerThanAWorkersShareIsRefused() {
    Settings settings = SmallRuns.unprepared(directory, "workers=2", "training.batch-size=181");
    assertThatThrownBy(
            () -> Schedule.of(settings, PlannedData.expected(settings.data()).train(), 2))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot train with training.batch-size = 181: a worker gets 180");
  }
}
