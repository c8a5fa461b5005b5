package io.blockwise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackgroundTest {
  private final CountDownLatch latch = new CountDownLatch(1);

  @Test
  void whatWaitsGoesOnWithItsResult() throws Exception {
    Background<String> work =
        Background.startAndAwaitWaiting(
            () -> {
              latch.await();
              return "done";
            });
    latch.countDown();
    assertThat(work.result()).isEqualTo("done");
    assertThatThrownBy(work::failure)
        .isInstanceOf(AssertionError.class)
        .hasMessage("no failure, but done");
  }

  @Test
  void whatWaitsCanBeInterrupted() throws Exception {
    Background<Object> work =
        Background.startAndAwaitWaiting(
            () -> {
              synchronized (latch) {
                while (true) {
                  latch.wait();
                }
              }
            });
    work.interrupt();
    assertThat(work.failure()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void whoWaitsForALockDoesNotCountUntilItWaitsForMore() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Condition condition = lock.newCondition();
    AtomicBoolean done = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              lock.lock();
              while (!done.get()) {
                condition.awaitUninterruptibly();
              }
              lock.unlock();
            });
    lock.lock();
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(Background.waits(thread)).isFalse();
    lock.unlock();
    Background.awaitWaiting(thread);
    done.set(true);
    lock.lock();
    condition.signal();
    lock.unlock();
    thread.join();
  }

  @Test
  void whatEndsInsteadOfWaitingIsSaid() {
    assertThatThrownBy(() -> Background.startAndAwaitWaiting(() -> 3))
        .isInstanceOf(AssertionError.class)
        .hasMessage("Thread test-background has ended and waits for nobody");
  }
}
