package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.check.DataException;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Shape;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FeedTest {
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger filled = new AtomicInteger();

  @Test
  void batchesComeInOrderWhateverTheThreads() throws InterruptedException {
    for (int threads = 1; threads <= 4; threads++) {
      try (Feed feed = new Feed(source(500, number -> {}), threads)) {
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
  void batchesAreReused() throws InterruptedException {
    Set<Batch> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    try (Feed feed = new Feed(source(100, number -> {}), 2)) {
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
    try (Feed feed = new Feed(source(100, number -> {}), 2)) {
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
    try (Feed feed = new Feed(source(100, number -> {}), 1)) {
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
    try (Feed feed = new Feed(source(100, number -> {}), 1)) {
      Batch batch = feed.take();
      feed.release(batch);
      assertThatThrownBy(() -> feed.release(batch))
          .hasMessage("Cannot release a batch: it is not taken");
    }
  }

  @Test
  void failureReachesWhoeverTakes() throws InterruptedException {
    Thread filling;
    try (Feed feed = new Feed(source(100, FeedTest::failAtFive), 2)) {
      assertThatThrownBy(
              () -> {
                while (feed.hasNext()) {
                  feed.release(feed.take());
                }
              })
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Cannot read a batch: batch five is broken")
          .hasCauseInstanceOf(UnsupportedOperationException.class);
      filling = threads("blockwise-feed-1");
    }
    assertThat(filling == null || !filling.isAlive()).isTrue();
  }

  @Test
  void failureWakesWhoeverWaits() throws Exception {
    try (Feed feed =
        new Feed(
            source(
                5,
                number -> {
                  pass(gate);
                  throw new UnsupportedOperationException("broken");
                }),
            1)) {
      CompletableFuture<Throwable> outcome = take(feed);
      gate.countDown();
      assertThat(outcome.get(30, TimeUnit.SECONDS)).hasMessage("Cannot read a batch: broken");
    }
  }

  @Test
  void damageOfTheDataSetIsReportedAsItIs() {
    DataException damage = DataException.cannot("read shard a", "it is altered", "prepare again");
    BatchSource damaged =
        source(
            5,
            number -> {
              throw damage;
            });
    try (Feed feed = new Feed(damaged, 1)) {
      assertThatThrownBy(feed::take).isSameAs(damage);
    }
  }

  @Test
  void closeEndsThreadsThatWaitForRoom() throws InterruptedException {
    Feed feed = new Feed(source(100, number -> {}), 2);
    feed.release(feed.take());
    Thread first = threads("blockwise-feed-1");
    feed.close();
    assertThat(first == null || !first.isAlive()).isTrue();
    assertThat(filled.get()).isLessThanOrEqualTo(5);
    assertThatThrownBy(
            () -> {
              while (feed.hasNext()) {
                feed.release(feed.take());
              }
            })
        .hasMessage("Cannot take a batch: the feed is closed");
  }

  @Test
  void closeEndsThreadsInTheMiddleOfABatchAndWhoeverWaitsForIt() throws Exception {
    Feed feed = new Feed(source(100, number -> pass(gate)), 2);
    CompletableFuture<Throwable> outcome = take(feed);
    feed.close();
    assertThat(outcome.get(30, TimeUnit.SECONDS))
        .hasMessage("Cannot take a batch: the feed is closed");
    assertThat(threads("blockwise-feed-1")).isNull();
  }

  @Test
  void whoeverWaitsCanBeInterrupted() throws Exception {
    try (Feed feed = new Feed(source(100, number -> pass(gate)), 1)) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread trainer = new Thread(() -> outcome.complete(failure(feed)));
      trainer.start();
      trainer.interrupt();
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      trainer.join();
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
              pass(waiting);
              if (number == 0) {
                clock.addAndGet(700);
              }
            });
    // The first look at the clock is that of the thread that waits for batch 0.
    try (Feed feed =
        new Feed(
            slow,
            1,
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

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static CompletableFuture<Throwable> take(Feed feed) {
    return CompletableFuture.supplyAsync(() -> failure(feed));
  }

  private static Throwable failure(Feed feed) {
    try {
      feed.take();
      return null;
    } catch (InterruptedException | RuntimeException e) {
      return e;
    }
  }

  private static Thread threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private interface Before {
    void fill(int number);
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
      public void fill(int number, Batch into) {
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
