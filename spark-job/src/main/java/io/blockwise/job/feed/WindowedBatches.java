package io.blockwise.job.feed;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.Rows;
import io.blockwise.job.log.LogContext;
import io.blockwise.model.engine.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Batches of rows that are read in windows, across the windows' borders; rows are shuffled within
 * their window. One window is read at once, by whoever asks for batches. Of several, at most two
 * are in memory: the one that batches are made of, and the next, which a thread of its own reads
 * ahead. Thread-safe.
 */
public final class WindowedBatches implements BatchSource {
  private static final int MOST_OPEN = 2;

  private final Windows windows;
  private final RowTransform transform;
  private final Pass pass;
  private final int batchSize;
  private final int batches;
  private final Order order;

  /** First row of every window, and the end of the last. */
  private final long[] starts;

  /** Rows that are in a batch. */
  private final long used;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Open> open = new ArrayList<>();
  private final Thread reader;
  private int read;
  private Throwable failure;
  private boolean closed;

  private WindowedBatches(
      Windows windows, RowTransform transform, Pass pass, int batchSize, int batches, Order order) {
    this.windows = windows;
    this.transform = transform;
    this.pass = pass;
    this.batchSize = batchSize;
    this.batches = batches;
    this.order = order;
    this.starts = starts(windows.rows());
    this.used = Math.min(starts[starts.length - 1], (long) batches * batchSize);
    this.reader = new Thread(LogContext.here(this::readAll), "blockwise-reader");
    reader.setDaemon(true);
  }

  /**
   * For training: all rows once, augmented and shuffled within each window; only an incomplete last
   * batch of all is left out. Reading begins at once.
   *
   * @param windows are closed with this
   * @throws IllegalArgumentException if there are fewer rows than {@code batchSize}
   */
  public static WindowedBatches shuffled(
      Windows windows, RowTransform transform, Pass pass, int batchSize)
      throws InterruptedException {
    int full = fullBatches(rows(windows), batchSize);
    SplitMix random = pass.order();
    Buckets buckets = new Buckets(batchSize, transform.bucket());
    return new WindowedBatches(
            windows,
            transform,
            pass,
            batchSize,
            full,
            (shards, first) -> OrderedRows.shuffled(shards, transform, random, buckets, first))
        .started();
  }

  /**
   * For evaluation: all rows in order and not augmented; the last batch may be smaller than the
   * others. Reading begins at once.
   *
   * @param windows are closed with this
   */
  public static WindowedBatches inOrder(Windows windows, RowTransform transform, int batchSize)
      throws InterruptedException {
    requireAtLeast("batch size", batchSize, 1);
    int some = Math.toIntExact((rows(windows) + batchSize - 1) / batchSize);
    RowTransform plain = transform.withoutAugmentation();
    return new WindowedBatches(
            windows,
            plain,
            Pass.UNUSED,
            batchSize,
            some,
            (shards, first) -> OrderedRows.ascending(shards, plain))
        .started();
  }

  private static int fullBatches(long rows, int batchSize) {
    requireAtLeast("training.batch-size", batchSize, 1);
    if (rows < batchSize) {
      throw new IllegalArgumentException(
          "Cannot train: a batch of "
              + batchSize
              + " examples is more than the "
              + rows
              + " rows that a worker gets (lower training.batch-size, or use fewer workers)");
    }
    return Math.toIntExact(rows / batchSize);
  }

  private static long rows(Windows windows) {
    return windows.rows().stream().mapToLong(Integer::longValue).sum();
  }

  private static long[] starts(List<Integer> rows) {
    long[] starts = new long[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      starts[i + 1] = starts[i] + rows.get(i);
    }
    return starts;
  }

  private WindowedBatches started() throws InterruptedException {
    if (starts.length == 2) {
      put(windows.next());
    } else {
      reader.start();
    }
    return this;
  }

  @Override
  public int batches() {
    return batches;
  }

  @Override
  public int dropped() {
    return (int) (starts[starts.length - 1] - used);
  }

  @Override
  public Batch allocate() {
    return transform.allocate(batchSize);
  }

  @Override
  public void fill(int number, Batch into) throws InterruptedException {
    long start = (long) number * batchSize;
    int rows = (int) Math.min(batchSize, used - start);
    into.examples(rows);
    into.chance(pass.chance(number));
    int done = 0;
    while (done < rows) {
      Open window = await(start + done);
      int from = (int) (start + done - window.start);
      int count = Math.min(rows - done, window.rows.count() - from);
      window.rows.copy(from, count, pass, into, done);
      copied(window, count);
      done += count;
    }
  }

  private Open await(long row) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        for (Open window : open) {
          if (row >= window.start && row < window.start + window.rows.count()) {
            return window;
          }
        }
        requireToCome(row);
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void requireToCome(long row) {
    if (closed || row < starts[read]) {
      throw new IllegalStateException(
          "Cannot fill a batch with row " + row + ": it was let go already");
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure != null) {
      throw new IllegalStateException(
          "Cannot read rows ahead: the thread that reads was interrupted", failure);
    }
  }

  private void copied(Open window, int rows) {
    lock.lock();
    try {
      window.left -= rows;
      if (window.left == 0) {
        open.remove(window);
        window.held.close();
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What the reader does. */
  private void readAll() {
    try {
      while (awaitRoom()) {
        put(windows.next());
      }
    } catch (Throwable e) {
      // An interrupt too: unless it comes from close(), nobody would read the next window any more.
      fail(e);
    }
  }

  /** Returns whether there is a window to be read. */
  private boolean awaitRoom() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (open.size() == MOST_OPEN) {
        changed.await();
      }
      return !closed && starts[read] < used;
    } finally {
      lock.unlock();
    }
  }

  private void put(Windows.Window held) {
    int begun = (int) (starts[read] % batchSize);
    OrderedRows rows = order.of(held.shards(), begun == 0 ? 0 : batchSize - begun);
    lock.lock();
    try {
      open.add(new Open(held, rows, starts[read], Math.min(rows.count(), used - starts[read])));
      read++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable e) {
    lock.lock();
    try {
      failure = e;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void done() {
    windows.usedBatch();
  }

  /** Ends the reader and waits for it, then lets all rows go. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    reader.interrupt();
    Joining.all(List.of(reader));
    open.clear();
    windows.close();
  }

  /** How the rows of a window follow each other. */
  private interface Order {
    /**
     * @param first rows that complete a batch which the window before began
     */
    OrderedRows of(List<Rows> shards, int first);
  }

  /** A window in memory. */
  private static final class Open {
    private final Windows.Window held;
    private final OrderedRows rows;
    private final long start;
    private long left;

    Open(Windows.Window held, OrderedRows rows, long start, long left) {
      this.held = held;
      this.rows = rows;
      this.start = start;
      this.left = left;
    }
  }
}
