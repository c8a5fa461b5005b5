package io.blockwise.job.feed;

import static io.blockwise.job.feed.SampleImages.images;
import static io.blockwise.job.feed.SampleImages.rows;
import static io.blockwise.job.feed.SampleImages.shard;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Rows;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Shape;
import io.blockwise.testing.Background;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60) // what hangs shall fail
class WindowedBatchesTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final long ONE = SEED.of(1);
  private static final Pass PASS = new Pass(ONE, 1, 0);

  private final RowTransform weak = SampleImages.transform(Augmentation.WEAK);

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 1", "16, 2", "33, 3", "100, 2", "101, 1"})
  void everyRowComesOnceButForTheLastIncompleteBatch(int batchSize, int threads)
      throws InterruptedException {
    List<Integer> order = new ArrayList<>();
    SampleWindows windows = new SampleWindows(40, 3, 1, 2, 30, 25);
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, batchSize)) {
      assertThat(batches.batches()).isEqualTo(101 / batchSize);
      assertThat(batches.dropped()).isEqualTo(101 % batchSize);
      images(batches, threads, order);
    }
    assertThat(order).hasSize(101 - 101 % batchSize).doesNotHaveDuplicates();
    assertThat(windows.mostOpen).hasValueLessThanOrEqualTo(2);
    assertThat(windows.open).hasValue(0);
  }

  @Test
  void rowsAreShuffledWithinTheirWindow() throws InterruptedException {
    List<Integer> order = shuffled(PASS, 1, 5, 40, 60);
    assertThat(order.subList(0, 40))
        .containsExactlyInAnyOrderElementsOf(upTo(0, 40))
        .isNotEqualTo(upTo(0, 40));
    assertThat(order.subList(40, 100))
        .containsExactlyInAnyOrderElementsOf(upTo(40, 100))
        .isNotEqualTo(upTo(40, 100));
  }

  @Test
  void orderFollowsSeedEpochAndLeaseAndNoThread() throws InterruptedException {
    List<Integer> order = shuffled(PASS, 1, 5, 30, 30, 30);
    for (int threads = 1; threads <= 4; threads++) {
      assertThat(shuffled(PASS, threads, 5, 30, 30, 30)).isEqualTo(order);
    }
    for (Pass other :
        List.of(new Pass(SEED.of(2), 1, 0), new Pass(ONE, 2, 0), new Pass(ONE, 1, 30))) {
      assertThat(shuffled(other, 1, 5, 30, 30, 30)).isNotEqualTo(order);
    }
    // nor do two windows repeat each other's order
    assertThat(order.subList(0, 30).stream().map(row -> row + 30).toList())
        .isNotEqualTo(order.subList(30, 60));
  }

  @Test
  void imagesAreThoseOfBatchesInMemory() throws InterruptedException {
    Map<Integer, float[]> expected =
        images(
            WindowedBatches.shuffled(new SampleWindows(50), weak, PASS, 1), 1, new ArrayList<>());
    Map<Integer, float[]> found;
    try (BatchSource batches = WindowedBatches.shuffled(new SampleWindows(20, 30), weak, PASS, 7)) {
      found = images(batches, 2, new ArrayList<>());
    }
    assertThat(found).hasSize(49);
    found.forEach((row, image) -> assertThat(image).isEqualTo(expected.get(row)));
  }

  @Test
  void evaluationKeepsTheOrderAndTheIncompleteBatch() throws InterruptedException {
    try (BatchSource batches = WindowedBatches.inOrder(new SampleWindows(20, 31, 5), weak, 9)) {
      assertThat(batches.batches()).isEqualTo(7);
      assertThat(batches.dropped()).isZero();
      assertThat(rows(batches)).isEqualTo(upTo(0, 56));
    }
    Map<Integer, float[]> expected =
        images(WindowedBatches.inOrder(new SampleWindows(56), weak, 9), 1, new ArrayList<>());
    try (BatchSource batches = WindowedBatches.inOrder(new SampleWindows(20, 31, 5), weak, 9)) {
      images(batches, 1, new ArrayList<>())
          .forEach((row, image) -> assertThat(image).isEqualTo(expected.get(row)));
    }
  }

  @Test
  void nextWindowIsReadWhileTheFirstIsInUseAndNoFurther() throws InterruptedException {
    SampleWindows windows = new SampleWindows(10, 10, 10);
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 10)) {
      windows.awaitRead(2); // nothing was filled yet
      assertThat(windows.read.availablePermits()).isZero();
      batches.fill(0, batches.allocate());
      windows.awaitRead(1);
      assertThat(windows.mostOpen).hasValue(2);
    }
  }

  @Test
  void oneWindowIsReadByWhoeverAsksForBatches() throws InterruptedException {
    SampleWindows windows = new SampleWindows(30);
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 10)) {
      assertThat(windows.read.availablePermits()).isEqualTo(1);
      assertThat(readers()).isEmpty();
      assertThat(rows(batches)).containsExactlyInAnyOrderElementsOf(upTo(0, 30));
      assertThat(windows.open).hasValue(0); // the last row was copied
    }
    SampleWindows damaged = new SampleWindows(30);
    damaged.beforeWindow(
        0,
        () -> {
          throw new IllegalStateException("damaged");
        });
    assertThatThrownBy(() -> WindowedBatches.shuffled(damaged, weak, PASS, 10))
        .hasMessage("damaged");
  }

  @Test
  void whoeverIsDoneWithABatchTellsTheWindows() throws InterruptedException {
    SampleWindows windows = new SampleWindows(10, 10, 15);
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 4)) {
      rows(batches);
    }
    assertThat(windows.used).hasValue(8);
  }

  @Test
  void failureAheadEndsTheTrainingAsItIs() throws InterruptedException {
    UserException damage = UserException.cannot("read shard a", "it is altered", "prepare again");
    SampleWindows windows = new SampleWindows(10, 10, 10);
    windows.beforeWindow(
        1,
        () -> {
          throw damage;
        });
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 4);
        Feed feed = new Feed(batches, 2, batch -> {})) {
      assertThatThrownBy(
              () -> {
                while (feed.hasNext()) {
                  feed.release(feed.take());
                }
              })
          .isSameAs(damage);
    }
    assertThat(windows.open).hasValue(0);
    assertThat(readers()).isEmpty();
  }

  /** Whoever fills a batch would wait for ever if the reader could end without a word. */
  @Test
  void readerThatSomebodyElseInterruptsIsAFailure() throws Exception {
    SampleWindows windows = new SampleWindows(10, 10, 10);
    CountDownLatch interrupted = new CountDownLatch(1);
    windows.beforeWindow(
        1,
        () -> {
          interrupted.await();
          throw new InterruptedException();
        });
    try (BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 10)) {
      batches.fill(0, batches.allocate());
      Background<Batch> filling =
          Background.startAndAwaitWaiting(
              () -> {
                Batch batch = batches.allocate();
                batches.fill(1, batch);
                return batch;
              });
      interrupted.countDown();
      assertThat(filling.failure())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("Cannot read rows ahead: the thread that reads was interrupted")
          .hasCauseInstanceOf(InterruptedException.class);
    }
    assertThat(readers()).isEmpty();
  }

  @Test
  void trainerThatIsInterruptedWhileAWindowIsReadLeavesNothingWhenItCloses() throws Exception {
    SampleWindows windows = new SampleWindows(10, 10, 10);
    CountDownLatch never = new CountDownLatch(1);
    windows.beforeWindow(1, never::await);
    BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 10);
    Feed feed = new Feed(batches, 2, batch -> {});
    feed.release(feed.take());
    Background<Batch> trainer = Background.startAndAwaitWaiting(feed::take);
    trainer.interrupt();
    assertThat(trainer.failure()).isInstanceOf(InterruptedException.class);
    feed.close();
    batches.close();
    assertThat(readers()).isEmpty();
    assertThat(windows.open).hasValue(0);
    assertThat(windows.closed).isTrue();
  }

  @Test
  void imagesOfAnotherSizeAreRefused() throws InterruptedException {
    RowTransform other =
        RowTransform.of(
            SampleImages.FIELD,
            new ImageTransform(Shape.map(3, 5, 5), SampleImages.IMAGE, Augmentation.NONE));
    try (BatchSource batches = WindowedBatches.inOrder(new SampleWindows(10, 10), other, 4)) {
      Batch batch = batches.allocate();
      assertThatThrownBy(() -> batches.fill(0, batch)).hasMessageStartingWith("Cannot read images");
    }
  }

  @Test
  void closingWhileAWindowIsReadLeavesNoThreadAndNoRows() throws InterruptedException {
    SampleWindows windows = new SampleWindows(10, 10, 10);
    CountDownLatch reading = new CountDownLatch(1);
    windows.beforeWindow(
        1,
        () -> {
          reading.countDown();
          new CountDownLatch(1).await(); // for ever, but for an interrupt
        });
    BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 4);
    Feed feed = new Feed(batches, 2, batch -> {});
    reading.await();
    feed.close();
    batches.close();
    assertThat(readers()).isEmpty();
    assertThat(windows.open).hasValue(0);
    assertThat(windows.closed).isTrue();
    Batch batch = batches.allocate();
    assertThatThrownBy(() -> batches.fill(1, batch)).hasMessageEndingWith("it was let go already");
  }

  @Test
  void closingWhereThereIsNoRoomToReadAheadLeavesNoThreadEither() throws InterruptedException {
    SampleWindows windows = new SampleWindows(10, 10, 10);
    BatchSource batches = WindowedBatches.shuffled(windows, weak, PASS, 4);
    windows.awaitRead(2);
    batches.close();
    assertThat(readers()).isEmpty();
    assertThat(windows.open).hasValue(0);
  }

  @Test
  void batchWhoseRowsAreGoneIsRefused() throws InterruptedException {
    try (BatchSource batches =
        WindowedBatches.shuffled(new SampleWindows(10, 10), weak, PASS, 10)) {
      Batch batch = batches.allocate();
      batches.fill(0, batch);
      assertThatThrownBy(() -> batches.fill(0, batch))
          .hasMessage("Cannot fill a batch with row 0: it was let go already");
    }
  }

  @Test
  void batchLargerThanTheRowsIsRefused() {
    assertThatThrownBy(() -> WindowedBatches.shuffled(new SampleWindows(10, 5), weak, PASS, 16))
        .hasMessageStartingWith("Cannot train: a batch of 16 examples is more than the 15 rows");
    assertThat(readers()).isEmpty();
  }

  private List<Integer> shuffled(Pass pass, int threads, int batchSize, int... windows)
      throws InterruptedException {
    List<Integer> order = new ArrayList<>();
    try (BatchSource batches =
        WindowedBatches.shuffled(new SampleWindows(windows), weak, pass, batchSize)) {
      images(batches, threads, order);
    }
    return order;
  }

  private static List<Integer> upTo(int from, int end) {
    return IntStream.range(from, end).boxed().toList();
  }

  private static List<Thread> readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("blockwise-reader"))
        .toList();
  }

  /** Windows of rows that follow each other, each of two shards. */
  private static final class SampleWindows implements Windows {
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final Semaphore read = new Semaphore(0);
    final AtomicInteger used = new AtomicInteger();
    boolean closed;

    private final int[] sizes;
    private final List<Window> windows = new ArrayList<>();
    private int next;
    private int row;
    private int special = -1;
    private Reading reading;

    private interface Reading {
      void begin() throws InterruptedException;
    }

    SampleWindows(int... sizes) {
      this.sizes = sizes;
    }

    void beforeWindow(int number, Reading action) {
      special = number;
      reading = action;
    }

    void awaitRead(int count) throws InterruptedException {
      read.acquire(count);
    }

    @Override
    public List<Integer> rows() {
      return IntStream.of(sizes).boxed().toList();
    }

    @Override
    public Window next() throws InterruptedException {
      if (next == special) {
        reading.begin();
      }
      int size = sizes[next++];
      List<Rows> shards = List.of(shard(row, size / 3), shard(row + size / 3, size - size / 3));
      row += size;
      mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
      Window window = new Held(shards, open);
      windows.add(window);
      read.release();
      return window;
    }

    @Override
    public void usedBatch() {
      used.incrementAndGet();
    }

    @Override
    public void close() {
      windows.forEach(Window::close);
      closed = true;
    }
  }

  private static final class Held implements Windows.Window {
    private final List<Rows> shards;
    private final AtomicInteger open;
    private boolean closed;

    Held(List<Rows> shards, AtomicInteger open) {
      this.shards = shards;
      this.open = open;
    }

    @Override
    public List<Rows> shards() {
      return shards;
    }

    @Override
    public void close() {
      open.addAndGet(closed ? 0 : -1);
      closed = true;
    }
  }
}
