package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Shape;
import io.blockwise.testing.Background;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FeedTest {
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger filled = new AtomicInteger();

  @Test
  void batchesComeInOrderWhateverTheThreads() throws InterruptedException {
    for (int threads = 1; threads <= 4; threads++) {
      try (Feed feed = new Feed(source(500, number -> {}), threads, batch -> {})) {
        for (int n = 0; n < 500; n++) {
          Batch batch = feed.take();
          assertThat(batch.labels()[0]).isEqualTo(n);
          feed.release(batch);
        }
        assertThat(feed.hasNext()).isFalse();
        assertThatThrownBy(feed::take).hasMessage("Cannot take a batch: all 500 are taken already");
      }
    }
  }

  @Test
  void whatIsToBeDoneWithAFilledBatchIsDoneBeforeItIsHandedOut() throws InterruptedException {
    Set<Integer> prepared = ConcurrentHashMap.newKeySet();
    try (Feed feed =
        new Feed(source(100, number -> {}), 3, batch -> prepared.add(batch.labels()[0]))) {
      for (int n = 0; n < 100; n++) {
        Batch batch = feed.take();
        assertThat(prepared).contains(n);
        feed.release(batch);
      }
    }
    assertThat(prepared).hasSize(100);
  }

  @Test
  void batchesAreReused() throws InterruptedException {
    Set<Batch> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    try (Feed feed = new Feed(source(100, number -> {}), 2, batch -> {})) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        seen.add(batch);
        feed.release(batch);
      }
    }
    assertThat(seen).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void takenBatchIsLeftAloneUntilItIsReleased() throws InterruptedException {
    try (Feed feed = new Feed(source(100, number -> {}), 2, batch -> {})) {
      Batch kept = feed.take();
      for (int n = 1; n < 100; n++) {
        Batch batch = feed.take();
        assertThat(batch).isNotSameAs(kept);
        feed.release(batch);
      }
      assertThat(kept.labels()[0]).isZero();
    }
  }

  @Test
  void takingWithoutReleasingIsRefused() throws InterruptedException {
    try (Feed feed = new Feed(source(100, number -> {}), 1, batch -> {})) {
      for (int n = 0; n < 3; n++) {
        assertThat(feed.take().labels()[0]).isEqualTo(n);
      }
      assertThatThrownBy(feed::take)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Cannot take a batch: 3 are taken (release one first)");
    }
  }

  @Test
  void batchIsReleasedOnce() throws InterruptedException {
    try (Feed feed = new Feed(source(100, number -> {}), 1, batch -> {})) {
      Batch batch = feed.take();
      feed.release(batch);
      assertThatThrownBy(() -> feed.release(batch))
          .hasMessage("Cannot release a batch: it is not taken");
    }
  }

  @Test
  void failureReachesWhoeverTakesEndsTheThreadsAndStays() throws InterruptedException {
    Set<Thread> others = feedThreads();
    // batch five is filled only when another one was released
    try (Feed feed = new Feed(source(100, FeedTest::failAtFive), 2, batch -> {})) {
      Set<Thread> own = feedThreads();
      own.removeAll(others);
      assertThat(own).hasSize(2);
      for (int time = 0; time < 2; time++) {
        assertThatThrownBy(
                () -> {
                  while (feed.hasNext()) {
                    feed.release(feed.take());
                  }
                })
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("Cannot read a batch: batch five is broken")
            .hasCauseInstanceOf(UnsupportedOperationException.class);
      }
      for (Thread thread : own) {
        thread.join(); // nobody has closed the feed
      }
    }
  }

  @Test
  void failureWakesWhoeverWaits() throws Exception {
    try (Feed feed =
        new Feed(
            source(
                5,
                number -> {
                  gate.await();
                  throw new UnsupportedOperationException("broken");
                }),
            1,
            batch -> {})) {
      Background<Batch> trainer = Background.startAndAwaitWaiting(feed::take);
      gate.countDown();
      assertThat(trainer.failure()).hasMessage("Cannot read a batch: broken");
    }
  }

  @Test
  void errorsAreFailuresToo() {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    BatchSource source =
        source(
            5,
            number -> {
              throw full;
            });
    try (Feed feed = new Feed(source, 2, batch -> {})) {
      assertThatThrownBy(feed::take)
          .hasMessage("Cannot read a batch: Java heap space")
          .hasCause(full);
    }
  }

  /** Whoever takes would wait for ever if a thread of the feed could end without a word. */
  @Test
  void threadThatSomebodyElseInterruptsIsAFailure() throws Exception {
    CompletableFuture<Thread> filling = new CompletableFuture<>();
    BatchSource source =
        source(
            5,
            number -> {
              filling.complete(Thread.currentThread());
              gate.await();
            });
    try (Feed feed = new Feed(source, 1, batch -> {})) {
      Background<Batch> trainer = Background.startAndAwaitWaiting(feed::take);
      filling.get().interrupt();
      assertThat(trainer.failure())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Cannot read a batch: the thread that reads was interrupted")
          .hasCauseInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void damageOfTheDataSetIsReportedAsItIs() {
    UserException damage = UserException.cannot("read shard a", "it is altered", "prepare again");
    BatchSource damaged =
        source(
            5,
            number -> {
              throw damage;
            });
    try (Feed feed = new Feed(damaged, 1, batch -> {})) {
      assertThatThrownBy(feed::take).isSameAs(damage);
    }
  }

  @Test
  void closeEndsThreadsThatWaitForRoom() throws InterruptedException {
    Set<Thread> others = feedThreads();
    Feed feed = new Feed(source(100, number -> {}), 2, batch -> {});
    Set<Thread> own = feedThreads();
    own.removeAll(others);
    assertThat(own).hasSize(2);
    feed.release(feed.take());
    while (filled.get() < 5) {
      Thread.onSpinWait();
    }
    own.forEach(Background::awaitWaiting);
    feed.close();
    assertThat(own).noneMatch(Thread::isAlive);
    assertThat(filled.get()).isEqualTo(5);
    assertThatThrownBy(feed::take).hasMessage("Cannot take a batch: the feed is closed");
  }

  @Test
  void closeEndsThreadsInTheMiddleOfABatchAndWhoeverWaitsForIt() throws Exception {
    Set<Thread> filling = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    BatchSource source =
        source(
            100,
            number -> {
              filling.add(Thread.currentThread());
              both.countDown();
              gate.await();
            });
    Feed feed = new Feed(source, 2, batch -> {});
    Background<Batch> trainer = Background.startAndAwaitWaiting(feed::take);
    both.await();
    feed.close();
    assertThat(trainer.failure()).hasMessage("Cannot take a batch: the feed is closed");
    assertThat(filling).hasSize(2).noneMatch(Thread::isAlive);
    assertThat(filled.get()).isZero();
  }

  @Test
  void whoeverWaitsCanBeInterruptedAndThenTakesTheSameBatch() throws Exception {
    try (Feed feed = new Feed(source(100, number -> gate.await()), 1, batch -> {})) {
      Background<Batch> trainer = Background.startAndAwaitWaiting(feed::take);
      trainer.interrupt();
      assertThat(trainer.failure()).isInstanceOf(InterruptedException.class);
      gate.countDown();
      assertThat(feed.take().labels()[0]).isZero();
    }
  }

  @Test
  void waitingIsMeasured() throws InterruptedException {
    AtomicLong clock = new AtomicLong();
    CountDownLatch waiting = new CountDownLatch(1);
    BatchSource slow =
        source(
            2,
            number -> {
              waiting.await();
              if (number == 0) {
                clock.addAndGet(700);
              }
            });
    // The first look at the clock is that of the thread that waits for batch 0.
    try (Feed feed =
        new Feed(
            slow,
            1,
            batch -> {},
            () -> {
              long now = clock.get();
              waiting.countDown();
              return now;
            })) {
      feed.release(feed.take());
      assertThat(feed.waitedNanos()).isEqualTo(700);
      feed.release(feed.take());
      assertThat(feed.waitedNanos()).isEqualTo(700);
    }
  }

  private static void failAtFive(int number) {
    if (number == 5) {
      throw new UnsupportedOperationException("batch five is broken");
    }
  }

  /** Of all feeds; those that other tests may have left included. */
  private static Set<Thread> feedThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("blockwise-feed-"))
        .collect(Collectors.toSet());
  }

  private interface Before {
    void fill(int number) throws InterruptedException;
  }

  /** Batches of one row whose label is the batch's number. */
  private BatchSource source(int batches, Before before) {
    return new BatchSource() {
      @Override
      public int batches() {
        return batches;
      }

      @Override
      public int dropped() {
        return 0;
      }

      @Override
      public Batch allocate() {
        return new Batch(Shape.vector(1), 1);
      }

      @Override
      public void fill(int number, Batch into) throws InterruptedException {
        before.fill(number);
        into.labels()[0] = number;
        into.rows(1);
        filled.incrementAndGet();
      }

      @Override
      public void close() {}
    };
  }
}
