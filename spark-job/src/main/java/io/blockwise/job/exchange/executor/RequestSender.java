package io.blockwise.job.exchange.executor;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.ReplyLostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Repeats requests to the driver until they have what they want: on the caller's thread, or on a
 * few of its own, since Spark's RPC waits for its answers. Thread-safe.
 */
final class RequestSender implements AutoCloseable {
  private static final int THREADS = 4;

  private final AtomicInteger threads = new AtomicInteger();
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(THREADS, this::thread);

  /** A request to the driver, which may take several messages. */
  interface Request<T> {
    /**
     * Goes on as far as possible.
     *
     * @return the result; empty if the driver wants to be asked again a little later
     * @throws ReplyLostException if an answer is lost
     * @throws IllegalStateException if the run has ended
     */
    Optional<T> advance() throws InterruptedException;
  }

  /**
   * Asks on this thread until the answer is enough, or for the time stated.
   *
   * @return the newest answer, which is not enough if the time has run out
   * @throws ReplyLostException if there was none at all
   */
  static <T> T await(Request<T> request, Duration atMost, Predicate<T> isEnough)
      throws InterruptedException {
    Pauses pauses = new Pauses(atMost);
    Optional<T> newest = Optional.empty();
    ReplyLostException lost = null;
    do {
      try {
        Optional<T> answer = request.advance();
        newest = answer.isPresent() ? answer : newest;
        lost = null;
      } catch (ReplyLostException e) {
        lost = e;
      }
    } while (newest.filter(isEnough).isEmpty() && pauses.sleep());
    if (newest.isEmpty()) {
      throw lost == null
          ? new ReplyLostException("the driver was busy all the time", null)
          : new ReplyLostException("the last answer was lost: " + lost.getMessage(), lost);
    }
    return newest.get();
  }

  /**
   * Asks on the sender's threads, for the time stated. The future fails with {@link
   * ReplyLostException} as soon as one answer is lost.
   */
  <T> CompletableFuture<T> send(Request<T> request, Duration atMost) {
    Sending<T> sending = new Sending<>(request, atMost);
    sending.schedule(0);
    return sending.result;
  }

  /** Ends the threads; what is under way is lost. */
  @Override
  public void close() {
    executor.shutdownNow();
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "blockwise-exchange-" + threads.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** A request on the sender's threads, which do not sleep: it comes again when it is its time. */
  private final class Sending<T> implements Runnable {
    private final Request<T> request;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Duration atMost;
    private final Pauses pauses;

    Sending(Request<T> request, Duration atMost) {
      this.request = request;
      this.atMost = atMost;
      this.pauses = new Pauses(atMost);
    }

    @Override
    public void run() {
      try {
        Optional<T> reply = request.advance();
        if (reply.isPresent()) {
          result.complete(reply.get());
        } else if (pauses.leftNanos() <= 0) {
          throw new ReplyLostException("The driver was busy for " + Names.of(atMost), null);
        } else {
          schedule(pauses.nextNanos());
        }
      } catch (InterruptedException e) {
        result.completeExceptionally(new ReplyLostException("The exchange is closed", e));
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    void schedule(long nanos) {
      try {
        var unused = executor.schedule(this, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        result.completeExceptionally(new IllegalStateException("The exchange is closed", e));
      }
    }
  }

  /** Pauses between questions, which grow, and the time after which to stop asking. */
  private static final class Pauses {
    private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final long end;
    private long next = FIRST_NANOS;

    Pauses(Duration atMost) {
      this.end = System.nanoTime() + atMost.toNanos();
    }

    long leftNanos() {
      return end - System.nanoTime();
    }

    long nextNanos() {
      long pause = next;
      next = Math.min(LONGEST_NANOS, next + next / 2);
      return pause;
    }

    /** False, without having slept, if the time is over. */
    boolean sleep() throws InterruptedException {
      long left = leftNanos();
      if (left > 0) {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, nextNanos()));
      }
      return left > 0;
    }
  }
}
