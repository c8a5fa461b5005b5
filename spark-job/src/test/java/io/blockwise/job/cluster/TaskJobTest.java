package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.worker.Answers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskJobTest {
  private long now = 100;
  private final TaskJob<Answers> job = new TaskJob<>("run/job", Optional.of("3"), () -> now);

  @Test
  void silenceCountsFromTheStartUntilSomethingIsDone() {
    job.noteStart("7", 1);
    now += 10;
    assertThat(job.silentNanos()).isEqualTo(10);
    assertThat(job.hasProgressed()).isFalse();
    job.noteProgress();
    now += 4;
    assertThat(job.silentNanos()).isEqualTo(4);
    job.noteStart("8", 2); // a further attempt has done nothing yet
    assertThat(job.silentNanos()).isEqualTo(4);
  }

  @Test
  void sameCountOfWorkIsSilence() {
    job.noteWork(5);
    now += 10;
    job.noteWork(5);
    assertThat(job.silentNanos()).isEqualTo(10);
    job.noteWork(6);
    assertThat(job.silentNanos()).isZero();
  }

  @Test
  void placeIsTakenUntilEveryAttemptHasEnded() {
    assertThat(job.executorOrWanted()).contains("3");
    assertThat(job.hasPlace()).isFalse();
    job.noteStart("7", 1);
    job.noteStart("8", 2);
    assertThat(job.executorOrWanted()).contains("8");
    job.noteEnd(2);
    assertThat(job.hasPlace()).isTrue();
    job.noteEnd(1);
    assertThat(job.hasPlace()).isFalse();
  }

  @Test
  void firstFailureIsTheReason() {
    job.noteFailure("executor 7 is gone");
    job.noteFailure("on executor 8: killed");
    assertThat(job.failure()).contains("executor 7 is gone");
  }
}
