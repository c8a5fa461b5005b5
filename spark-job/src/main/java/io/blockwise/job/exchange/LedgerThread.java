package io.blockwise.job.exchange;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.log.LogContext;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only thread that calls a block's ledger, with a bounded queue. Thread-safe. */
final class LedgerThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerThread.class);
  private static final int MOST_QUEUED = 4096;
  private static final long END_SECONDS = 60;

  private final int block;
  private final ThreadPoolExecutor executor;
  private final AtomicReference<Error> failure = new AtomicReference<>();

  /**
   * @param run that the ledger belongs to
   * @param block number of the ledger's block
   */
  LedgerThread(String run, int block) {
    this.block = block;
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_QUEUED),
            work -> {
              Runnable inContext = LogContext.ofBlock(run, block, work);
              Thread thread = new Thread(inContext, "blockwise-ledger-" + block);
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
              failure.compareAndSet(null, e);
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Ends in an exception if there was an error, after which nothing is known to go on from.
   *
   * @throws RunFailedException if the driver has run out of memory, or has failed in another way
   *     that no message is to blame for
   */
  void requireWorking() {
    Error error = failure.get();
    if (error != null) {
      throw new RunFailedException(
          "Cannot average block "
              + block
              + " on the driver: "
              + error
              + (error instanceof OutOfMemoryError
                  ? " (give it more with --driver-memory; bin/blockwise plan says how much)"
                  : ""));
    }
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
