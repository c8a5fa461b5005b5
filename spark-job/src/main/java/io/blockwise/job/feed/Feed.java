package io.blockwise.job.feed;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.UserException;
import io.blockwise.job.log.LogContext;
import io.blockwise.model.engine.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Hands out a source's batches in order, each put together ahead of time on a thread of the feed.
 *
 * <p>Batches are reused: whoever takes one gives it back with {@link #release}, and reads it no
 * more after that. One thread takes; any thread may release and close. Who made the source closes
 * it after the feed.
 */
public final class Feed implements AutoCloseable {
  private final BatchSource source;
  private final Consumer<Batch> whenFilled;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Batch> free = new ArrayList<>();
  private final List<Batch> taken = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Filled batches; number n waits at n modulo the length. */
  private final Batch[] ready;

  private int nextToFill;
  private int nextToTake;
  private Throwable failure;
  private boolean closed;
  private long waitedNanos;

  /**
   * Starts filling at once.
   *
   * @param threads that put batches together, at least 1
   * @param whenFilled what these threads do with a batch before it is handed out
   */
  public Feed(BatchSource source, int threads, Consumer<Batch> whenFilled) {
    this(source, threads, whenFilled, System::nanoTime);
  }

  Feed(BatchSource source, int threads, Consumer<Batch> whenFilled, LongSupplier nanoTime) {
    requireAtLeast("feed threads", threads, 1);
    this.source = source;
    this.whenFilled = whenFilled;
    this.nanoTime = nanoTime;
    // One batch is trained on and one waits for its turn while every thread fills another.
    this.ready = new Batch[threads + 2];
    for (int i = 0; i < ready.length; i++) {
      free.add(source.allocate());
    }
    for (int i = 1; i <= threads; i++) {
      Thread thread = new Thread(LogContext.here(this::fillAll), "blockwise-feed-" + i);
      thread.setDaemon(true);
      this.threads.add(thread);
    }
    this.threads.forEach(Thread::start);
  }

  /** Whether there is a batch that was not taken yet. */
  public boolean hasNext() {
    return nextToTake < source.batches();
  }

  /**
   * The next batch; waits until it is filled.
   *
   * @throws UserException if the data set is damaged
   * @throws IllegalStateException if a batch could not be put together otherwise (with the cause),
   *     if the feed is closed or at its end, or if all its batches are taken and none was released
   */
  public Batch take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      requireAnother();
      int slot = nextToTake % ready.length;
      if (ready[slot] == null) {
        await(slot);
      }
      Batch batch = ready[slot];
      ready[slot] = null;
      taken.add(batch);
      nextToTake++;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives a batch back to be filled again.
   *
   * @throws IllegalArgumentException if it is not one that was taken here
   */
  public void release(Batch batch) {
    lock.lock();
    try {
      if (!taken.remove(batch)) {
        throw new IllegalArgumentException("Cannot release a batch: it is not taken");
      }
      free.add(batch);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    source.done();
  }

  /** Time that {@link #take} has waited for batches that were not filled yet, in nanoseconds. */
  public long waitedNanos() {
    lock.lock();
    try {
      return waitedNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads and waits for them; a thread that waits in {@link #take} is refused. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(Thread::interrupt);
    Joining.all(threads);
  }

  private void requireAnother() {
    if (!hasNext()) {
      throw new IllegalStateException(
          "Cannot take a batch: all " + source.batches() + " are taken already");
    }
    if (taken.size() == ready.length) {
      throw new IllegalStateException(
          "Cannot take a batch: " + taken.size() + " are taken (release one first)");
    }
    requireAlive();
  }

  private void requireAlive() {
    if (closed) {
      throw new IllegalStateException("Cannot take a batch: the feed is closed");
    }
    if (failure instanceof UserException damaged) {
      throw damaged; // says what the user has to do
    }
    if (failure != null) {
      throw new IllegalStateException("Cannot read a batch: " + reason(failure), failure);
    }
  }

  private static String reason(Throwable failure) {
    return failure instanceof InterruptedException
        ? "the thread that reads was interrupted"
        : failure.getMessage();
  }

  private void await(int slot) throws InterruptedException {
    long since = nanoTime.getAsLong();
    try {
      while (ready[slot] == null) {
        changed.await();
        requireAlive();
      }
    } finally {
      waitedNanos += nanoTime.getAsLong() - since;
    }
  }

  /** What each of the feed's threads does. */
  private void fillAll() {
    try {
      fillUntilEnd();
    } catch (Throwable e) {
      // An interrupt too: unless it comes from close(), nobody would fill this batch any more.
      fail(e);
    }
  }

  private void fillUntilEnd() throws InterruptedException {
    while (true) {
      Batch batch;
      int number;
      lock.lockInterruptibly();
      try {
        while (free.isEmpty() && !isOver()) {
          changed.await();
        }
        if (isOver()) {
          return;
        }
        batch = free.remove(free.size() - 1);
        number = nextToFill++;
      } finally {
        lock.unlock();
      }
      source.fill(number, batch);
      whenFilled.accept(batch);
      put(number, batch);
    }
  }

  private boolean isOver() {
    return closed || failure != null || nextToFill == source.batches();
  }

  private void put(int number, Batch batch) {
    lock.lock();
    try {
      ready[number % ready.length] = batch;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable e) {
    lock.lock();
    try {
      if (failure == null) {
        failure = e;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
