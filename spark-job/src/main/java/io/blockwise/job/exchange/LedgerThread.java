package io.blockwise.job.exchange;

import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that speaks to a ledger, with a bounded queue. Thread-safe. */
final class LedgerThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerThread.class);
  private static final int MOST_QUEUED = 4096;
  private static final long END_SECONDS = 60;

  private final ThreadPoolExecutor executor;
  private final AtomicReference<Error> failure = new AtomicReference<>();

  LedgerThread(String name) {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_QUEUED),
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Has something done after all that was accepted before; false if there is no room for it. */
  boolean execute(Runnable work) {
    try {
      executor.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              // one message must not end what serves all the others
              LOG.error("The exchange has failed at a message", e);
            } catch (Error e) {
              // what was to be folded is kept, but nothing is known to go on from here
              failure.compareAndSet(null, e);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** The first error, such as a lack of memory, after which the run must end. */
  Optional<Error> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Tells of something that the sender will be told of as well. */
  void report(String what, Exception reason) {
    LOG.warn("{}: {}", what, reason.getMessage());
  }

  /** Waits until all that was accepted is done, unless the caller is interrupted. */
  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A ledger is still at work after {} s", END_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
