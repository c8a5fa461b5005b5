package io.blockwise.job.exchange;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.network.NetworkFigures;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledgers on the driver, as a worker on an executor sees them. Messages go out from a few
 * threads of its own, since Spark's RPC waits for its answers. Thread-safe.
 */
public final class PluginExchange implements ParameterExchange, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginExchange.class);
  private static final AtomicReference<PluginExchange> OF_THIS_PROCESS = new AtomicReference<>();
  private static final int SENDERS = 4;

  /** Of whoever does not state his own. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final DriverLink link;
  private final int chunkBytes;
  private final ScheduledThreadPoolExecutor senders;
  private final Duration longestWait;

  /**
   * @param chunkBytes of one piece of a push
   */
  PluginExchange(DriverLink link, int chunkBytes) {
    this(link, chunkBytes, new ScheduledThreadPoolExecutor(SENDERS, new SenderThreads()), PATIENCE);
  }

  private PluginExchange(
      DriverLink link, int chunkBytes, ScheduledThreadPoolExecutor senders, Duration longestWait) {
    this.link = link;
    this.chunkBytes = chunkBytes;
    this.senders = senders;
    this.longestWait = longestWait;
  }

  /**
   * The same exchange for whoever waits for the driver as long as this, {@code averaging.patience}.
   */
  public PluginExchange withPatience(Duration patience) {
    return new PluginExchange(link, chunkBytes, senders, patience);
  }

  /**
   * The exchange of the executor that this process is.
   *
   * @throws IllegalStateException if the application was started without {@link ExchangePlugin}
   */
  public static PluginExchange ofThisExecutor() {
    PluginExchange exchange = OF_THIS_PROCESS.get();
    if (exchange == null) {
      throw new IllegalStateException(
          "Cannot reach the driver's ledgers: this executor has no exchange (set spark.plugins to "
              + ExchangePlugin.class.getName()
              + ")");
    }
    return exchange;
  }

  static void provide(PluginExchange exchange) {
    OF_THIS_PROCESS.set(exchange);
  }

  static void withdraw(PluginExchange exchange) {
    OF_THIS_PROCESS.compareAndSet(exchange, null);
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
    StateRequest first = StateRequest.open(link, attempt, 1);
    List<Reply> replies = new ArrayList<>(List.of(finish(first, attempt)));
    for (int block = 2; block <= first.blocks(); block++) {
      replies.add(finish(StateRequest.open(link, attempt, block), attempt));
    }
    return replies;
  }

  private Reply finish(StateRequest request, LeaseAttempt attempt) throws InterruptedException {
    Patience patience = new Patience(longestWait);
    ReplyLostException lost = null;
    do {
      try {
        Optional<Reply> reply = request.advance();
        if (reply.isPresent()) {
          return reply.get();
        }
        lost = null;
      } catch (ReplyLostException e) {
        lost = e;
      }
    } while (patience.pause());
    throw new IllegalStateException(
        "Cannot open "
            + attempt
            + ": the driver has not answered within "
            + Names.of(longestWait)
            + (lost == null ? "" : "; the last answer was lost: " + lost.getMessage()),
        lost);
  }

  @Override
  public CompletableFuture<Reply> push(Push push) {
    return start(new PushRequest(link, push, chunkBytes));
  }

  @Override
  public CompletableFuture<Reply> fetch(Fetch fetch) {
    return start(StateRequest.fetch(link, fetch.lease(), fetch.block(), fetch.sequence()));
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    Patience patience = new Patience(atMost);
    StateRequest request = StateRequest.fetch(link, fetch.lease(), fetch.block(), fetch.sequence());
    Optional<Reply> newest = Optional.empty();
    ReplyLostException lost = null;
    while (newest.isEmpty() || !newest.get().decides(fetch.sequence())) {
      try {
        newest = request.advance();
      } catch (ReplyLostException e) {
        lost = e;
      }
      if (newest.filter(reply -> reply.decides(fetch.sequence())).isEmpty() && !patience.pause()) {
        break;
      }
    }
    if (newest.isEmpty()) {
      throw lost != null ? lost : new ReplyLostException("The driver was busy all the time", null);
    }
    return newest.get();
  }

  /** Tells the driver; does not wait until it knows, and gives up if it cannot be reached. */
  @Override
  public void close(LeaseAttempt attempt, int block) {
    byte[] message = Message.end(Message.begin(Message.Kind.CLOSE, attempt, block, 0, 0));
    Request<Status> closing =
        () -> {
          Answer answer = Answer.askForStatus(link, message);
          return answer.isLater() ? Optional.empty() : Optional.of(answer.status());
        };
    var unused = start(closing).handle((status, failure) -> warn(attempt, block, failure));
  }

  private static boolean warn(LeaseAttempt attempt, int block, Throwable failure) {
    if (failure != null) {
      LOG.warn("Cannot end {} on block {}: {}", attempt, block, failure.getMessage());
    }
    return failure == null;
  }

  /**
   * Tells the driver how training goes. Does not wait; what gets lost is missing from the figures
   * of the running epoch, and from nothing else.
   *
   * @param done what the worker has counted
   */
  public void report(LeaseAttempt attempt, long done, NetworkFigures figures) {
    send(FiguresMessage.write(attempt, done, figures));
  }

  /**
   * Tells the driver how an evaluation goes. Does not wait; one that gets lost does no harm if
   * others follow.
   *
   * @param number of the evaluation among those of the run
   * @param done what its worker has counted
   */
  public void reportEvaluation(String run, long number, long done) {
    LeaseAttempt nobody = new LeaseAttempt(run, 0, 0, 0);
    ByteBuffer message =
        Message.begin(Message.Kind.EVALUATES, nobody, 0, number, Long.BYTES).putLong(done);
    send(Message.end(message));
  }

  private void send(byte[] message) {
    try {
      link.send(message);
    } catch (Exception e) {
      LOG.debug("A sign of life is lost", e);
    }
  }

  /**
   * Whether the driver serves this run now.
   *
   * @throws ReplyLostException if the driver does not answer, or cannot say
   */
  public boolean isOpen(String run) throws InterruptedException {
    LeaseAttempt nobody = new LeaseAttempt(run, 0, 0, 0);
    byte[] message = Message.end(Message.begin(Message.Kind.RUN, nobody, 0, 0, 0));
    Status status = Answer.askForStatus(link, message).status();
    return switch (status) {
      case OK -> true;
      case CLOSED, UNKNOWN_RUN -> false;
      default -> throw new ReplyLostException("The driver answers " + status, null);
    };
  }

  /** Ends the threads; what is under way is lost. */
  @Override
  public void close() {
    senders.shutdownNow();
  }

  private <T> CompletableFuture<T> start(Request<T> request) {
    CompletableFuture<T> result = new CompletableFuture<>();
    new Sending<>(request, result).schedule(0);
    return result;
  }

  /** A request on the senders' threads, which do not sleep: it comes again when it is its time. */
  private final class Sending<T> implements Runnable {
    private final Request<T> request;
    private final CompletableFuture<T> result;
    private final Patience patience = new Patience(longestWait);

    Sending(Request<T> request, CompletableFuture<T> result) {
      this.request = request;
      this.result = result;
    }

    @Override
    public void run() {
      try {
        Optional<T> reply = request.advance();
        if (reply.isPresent()) {
          result.complete(reply.get());
        } else if (patience.isOver()) {
          throw new ReplyLostException("The driver was busy for " + Names.of(longestWait), null);
        } else {
          schedule(patience.nextNanos());
        }
      } catch (InterruptedException e) {
        result.completeExceptionally(new ReplyLostException("The exchange is closed", e));
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    }

    void schedule(long nanos) {
      try {
        var unused = senders.schedule(this, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException e) {
        result.completeExceptionally(new IllegalStateException("The exchange is closed", e));
      }
    }
  }

  private static final class SenderThreads implements ThreadFactory {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public Thread newThread(Runnable work) {
      Thread thread = new Thread(work, "blockwise-exchange-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    }
  }
}
