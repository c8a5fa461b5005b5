package io.blockwise.job.exchange.executor;

import io.blockwise.base.Names;
import io.blockwise.job.exchange.wire.Answer;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ledgers on the driver, as a worker on an executor sees them. Messages go out from a few
 * threads of its own, since Spark's RPC waits for its answers. Thread-safe.
 */
public final class PluginExchange implements ParameterExchange, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginExchange.class);

  /** Of whoever does not state his own. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final DriverLink link;
  private final int chunkBytes;
  private final RequestSender sender;
  private final Duration longestWait;

  /**
   * @param chunkBytes of one piece of a push
   */
  public PluginExchange(DriverLink link, int chunkBytes) {
    this(link, chunkBytes, new RequestSender(), PATIENCE);
  }

  private PluginExchange(
      DriverLink link, int chunkBytes, RequestSender sender, Duration longestWait) {
    this.link = link;
    this.chunkBytes = chunkBytes;
    this.sender = sender;
    this.longestWait = longestWait;
  }

  /**
   * The same exchange for whoever waits for the driver as long as this, {@code averaging.patience}.
   */
  public PluginExchange withPatience(Duration patience) {
    return new PluginExchange(link, chunkBytes, sender, patience);
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
    return open(attempt, List.of());
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, List<KnownTable> known)
      throws InterruptedException {
    StateRequest first = StateRequest.open(link, attempt, 1, of(known, 1));
    List<Reply> replies = new ArrayList<>(List.of(opened(first, attempt)));
    for (int block = 2; block <= first.blocks(); block++) {
      replies.add(opened(StateRequest.open(link, attempt, block, of(known, block)), attempt));
    }
    return replies;
  }

  @Override
  public List<Reply> open(LeaseAttempt attempt, int first, List<KnownTable> known)
      throws InterruptedException {
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < known.size(); i++) {
      replies.add(opened(StateRequest.open(link, attempt, first + i, known.get(i)), attempt));
    }
    return replies;
  }

  private static KnownTable of(List<KnownTable> known, int block) {
    return block <= known.size() ? known.get(block - 1) : KnownTable.NOTHING;
  }

  private Reply opened(StateRequest request, LeaseAttempt attempt) throws InterruptedException {
    try {
      return RequestSender.await(request, longestWait, reply -> true);
    } catch (ReplyLostException e) {
      throw new IllegalStateException(
          "Cannot open "
              + attempt
              + ": the driver has not answered within "
              + Names.of(longestWait)
              + "; "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public CompletableFuture<Reply> push(Push push) {
    return sender.send(new PushRequest(link, push, chunkBytes), longestWait);
  }

  @Override
  public CompletableFuture<Reply> fetch(Fetch fetch) {
    return sender.send(StateRequest.fetch(link, fetch), longestWait);
  }

  @Override
  public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
    return RequestSender.await(
        StateRequest.fetch(link, fetch), atMost, reply -> reply.decides(fetch.sequence()));
  }

  /** Tells the driver; does not wait until it knows, and gives up if it cannot be reached. */
  @Override
  public void close(LeaseAttempt attempt, int block) {
    byte[] message = Message.withoutBody(Message.Kind.CLOSE, attempt, block, 0);
    RequestSender.Request<Status> closing =
        () -> {
          Answer answer = link.answer(message);
          return answer.isLater() ? Optional.empty() : Optional.of(answer.status());
        };
    var unused =
        sender
            .send(closing, longestWait)
            .handle((status, failure) -> warn(attempt, block, failure));
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
    send(Message.figures(attempt, done, figures));
  }

  /**
   * Tells the driver how an evaluation goes. Does not wait; one that gets lost does no harm if
   * others follow.
   *
   * @param number of the evaluation among those of the run
   * @param done what its worker has counted
   */
  public void reportEvaluation(String run, long number, long done) {
    send(Message.withBody(Message.Kind.EVALUATES, nobody(run), 0, number, done));
  }

  private static LeaseAttempt nobody(String run) {
    return new LeaseAttempt(run, 0, 0, 0);
  }

  private void send(byte[] message) {
    try {
      link.send(message);
    } catch (Exception e) {
      LOG.debug("A report to the driver is lost", e);
    }
  }

  /**
   * Whether the driver serves this run now.
   *
   * @throws ReplyLostException if the driver does not answer, or cannot say
   */
  public boolean isOpen(String run) throws InterruptedException {
    byte[] message = Message.withoutBody(Message.Kind.RUN, nobody(run), 0, 0);
    Status status = link.answer(message).status();
    return switch (status) {
      case OK -> true;
      case CLOSED, UNKNOWN_RUN -> false;
      default -> throw new ReplyLostException("The driver answers " + status, null);
    };
  }

  /** Ends the threads; what is under way is lost. */
  @Override
  public void close() {
    sender.close();
  }
}
