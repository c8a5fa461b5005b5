package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.RunFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // what hangs shall fail
class SparkCallsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final CountDownLatch never = new CountDownLatch(1);

  @Test
  void resultsAndFailuresComeOutAsTheyAre() throws Exception {
    assertThat(SparkCalls.within(LONG, () -> {}, () -> 7)).isEqualTo(7);
    assertThatThrownBy(
            () ->
                SparkCalls.within(
                    LONG,
                    () -> {},
                    () -> {
                      throw new IllegalArgumentException("no such master");
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no such master");
    assertThatThrownBy(
            () ->
                SparkCalls.within(
                    LONG,
                    () -> {},
                    () -> {
                      throw new IOException("checked");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("checked")
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void applicationThatHasEndedIsWhyACallFailed() {
    AtomicBoolean ended = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                SparkCalls.within(
                    LONG,
                    () -> {
                      if (ended.get()) {
                        throw new RunFailedException("the application has ended");
                      }
                    },
                    () -> {
                      ended.set(true);
                      throw new IllegalStateException("Block broadcast_0 does not exist");
                    }))
        .isInstanceOf(RunFailedException.class)
        .hasMessage("the application has ended");
  }

  @Test
  void callThatDoesNotReturnIsLeftAlone() {
    assertThatThrownBy(() -> SparkCalls.within(Duration.ofMillis(1), () -> {}, this::hang))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void whoeverLooksMeanwhileEndsTheWait() {
    assertThatThrownBy(
            () ->
                SparkCalls.within(
                    LONG,
                    () -> {
                      throw new RunFailedException("the application has ended");
                    },
                    this::hang))
        .isInstanceOf(RunFailedException.class)
        .hasMessage("the application has ended");
  }

  private Object hang() throws InterruptedException {
    never.await();
    return new Object();
  }
}
