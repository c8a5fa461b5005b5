package io.blockwise.job.exchange;

import io.blockwise.base.UserException;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Serves the ledgers of one run to the executors, from {@link #serve} until it is closed. Several
 * runs can be served at a time.
 *
 * <p>Pushes that are incomplete or wait to be folded, and rows of tables that are encoded for a
 * worker, take at most a quarter of the heap, those of all runs together; who sends or asks for
 * more is told to come again. Thread-safe.
 */
public final class ExchangeServer implements AutoCloseable {
  private static final int SHARE_OF_HEAP = 4;
  private static final MemoryBudget OF_THIS_PROCESS =
      new MemoryBudget(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);

  private final ExchangeRouter router;
  private final String run;
  private final LeaseListener listener;
  private final int workers;
  private final ExchangeLimits limits;
  private final MessageCounts messages = new MessageCounts();
  private final List<BlockEndpoint> endpoints;
  private final List<MessageCounts> messagesOfBlocks;
  private final Map<Integer, LeaseAttempt> leases = new HashMap<>();
  private DriverMetrics.Figures figures;

  /**
   * @param workers of the run; messages of others are refused
   */
  ExchangeServer(
      ExchangeRouter router,
      String run,
      List<BlockLedger> ledgers,
      int workers,
      LeaseListener listener,
      ExchangeLimits limits) {
    this.router = router;
    this.run = run;
    this.listener = listener;
    this.workers = workers;
    this.limits = limits;
    this.endpoints =
        ledgers.stream().map(one -> new BlockEndpoint(run, one, ledgers.size(), limits)).toList();
    this.messagesOfBlocks = ledgers.stream().map(one -> new MessageCounts()).toList();
  }

  /**
   * Opens a run on this driver.
   *
   * @param run its id, of 1 to 255 bytes
   * @param ledgers in the order of their blocks
   * @param workers of the run; messages of others are refused
   * @param longestIdle of a worker in the middle of a push or of reading a value, {@code
   *     lease.stall-timeout}
   * @throws UserException if a run of this id is being served already
   */
  public static ExchangeServer serve(
      String run,
      List<BlockLedger> ledgers,
      int workers,
      LeaseListener listener,
      Duration longestIdle) {
    ExchangeRouter router = ExchangeRouter.OF_THIS_PROCESS;
    ExchangeLimits limits =
        new ExchangeLimits(Message.CHUNK_BYTES, OF_THIS_PROCESS, longestIdle, System::nanoTime);
    ExchangeServer server = new ExchangeServer(router, run, ledgers, workers, listener, limits);
    router.open(run, server);
    server.figures = DriverMetrics.OF_THIS_PROCESS.begin(run);
    server.show(ExchangeFigures.of(ledgers, server.messages, server.messagesOfBlocks));
    return server;
  }

  /**
   * Shows further figures of the run in Spark's metric system, until this is closed.
   *
   * @param byName are asked by any thread
   */
  public void show(Map<String, Supplier<? extends Number>> byName) {
    figures.add(byName);
  }

  /**
   * Ends in an exception if a ledger cannot go on.
   *
   * @throws io.blockwise.job.RunFailedException if the driver has run out of memory, or has failed
   *     in another way that no message is to blame for
   */
  public void requireWorking() {
    endpoints.forEach(BlockEndpoint::requireWorking);
  }

  /** Messages of this run so far. */
  public MessageCounts messages() {
    return messages;
  }

  /**
   * Counts a message of this run and its answer.
   *
   * @param block that it is about; another number if it is about none
   */
  void count(int block, int bytes, byte[] reply) {
    messages.count(bytes, reply);
    if (block >= 1 && block <= messagesOfBlocks.size()) {
      messagesOfBlocks.get(block - 1).count(bytes, reply);
    }
  }

  /**
   * Ends the run: whatever executors send from now on is not taken. Waits until the ledgers have
   * taken all that has been accepted before, unless interrupted. Closing twice is fine.
   */
  @Override
  public void close() {
    if (figures != null) {
      figures.close();
    }
    router.close(run, this);
    endpoints.forEach(BlockEndpoint::close);
  }

  /** Bytes of pushes and of old values that are held now, for all runs of the driver. */
  long heldBytes() {
    return limits.memory().now();
  }

  /** Most bytes that have been held at a time. */
  long mostHeldBytes() {
    return limits.memory().most();
  }

  /**
   * Answers a message of this run. Returns at once.
   *
   * @return null for a message that wants no answer
   */
  byte[] answer(Message message) throws Message.RefusedException {
    return switch (message.kind()) {
      case RUN -> Status.OK.alone();
      case OPEN -> open(message);
      case PUSH -> push(message);
      case FETCH -> fetch(message);
      case VALUE -> value(message);
      case CLOSE -> close(message);
      case FIGURES -> figures(message);
      case EVALUATES -> evaluates(message);
    };
  }

  private byte[] open(Message message) throws Message.RefusedException {
    KnownTable known = message.known();
    BlockEndpoint endpoint = endpoint(message);
    requireQuestion(message.number());
    LeaseAttempt attempt = message.lease();
    if (attempt.worker() >= workers) {
      throw new Message.RefusedException(Status.REFUSED);
    }
    boolean news;
    synchronized (leases) {
      LeaseAttempt newest = leases.get(attempt.worker());
      news = newest == null || attempt.isNewerThan(newest);
      if (!news && !attempt.equals(newest)) {
        return Status.FENCED.alone();
      }
      leases.put(attempt.worker(), attempt);
    }
    if (news) {
      listener.exchangeAdvanced(attempt);
    }
    return advanced(message, endpoint.open(attempt, known, message.number()));
  }

  private byte[] push(Message message) throws Message.RefusedException {
    BlockEndpoint endpoint = endpoint(message);
    PushHeader header = PushHeader.read(message);
    long offset = message.body().getLong();
    if (!isNewest(message)) {
      return endpoint.countOnly(message.lease(), header, offset, Status.FENCED.alone());
    }
    return advanced(
        message, endpoint.push(message.lease(), header, offset, message.body().slice()));
  }

  private byte[] fetch(Message message) throws Message.RefusedException {
    message.requireLeft(Long.BYTES);
    BlockEndpoint endpoint = endpoint(message);
    long question = message.body().getLong();
    requireQuestion(question);
    return isNewest(message)
        ? makingRoom(endpoint.fetch(message.lease(), message.number(), question))
        : Status.FENCED.alone();
  }

  // Questions are numbered from 1; 0 stands for none.
  private static void requireQuestion(long number) throws Message.RefusedException {
    if (number < 1) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
  }

  private byte[] value(Message message) throws Message.RefusedException {
    message.requireLeft(Integer.BYTES);
    BlockEndpoint endpoint = endpoint(message);
    return isNewest(message)
        ? advanced(
            message, endpoint.value(message.lease(), message.number(), message.body().getInt()))
        : Status.FENCED.alone();
  }

  private byte[] close(Message message) throws Message.RefusedException {
    message.requireLeft(0);
    BlockEndpoint endpoint = endpoint(message);
    return isNewest(message) ? endpoint.close(message.lease()) : Status.FENCED.alone();
  }

  private byte[] figures(Message message) throws Message.RefusedException {
    NetworkFigures figures = message.figures(endpoints.size());
    if (isNotReplaced(message.lease())) {
      listener.workCounted(message.lease(), message.number());
    }
    if (isNewest(message)) {
      listener.figuresReported(message.lease(), figures);
      return null;
    }
    return Status.FENCED.alone();
  }

  private byte[] evaluates(Message message) throws Message.RefusedException {
    message.requireLeft(Long.BYTES);
    listener.evaluationCounted(message.number(), message.body().getLong());
    return null;
  }

  private boolean isNewest(Message message) {
    synchronized (leases) {
      return message.lease().equals(leases.get(message.lease().worker()));
    }
  }

  /** A worker reads its shards before it opens its lease, and is at work meanwhile. */
  private boolean isNotReplaced(LeaseAttempt attempt) {
    synchronized (leases) {
      LeaseAttempt newest = leases.get(attempt.worker());
      return newest == null || newest.equals(attempt) || attempt.isNewerThan(newest);
    }
  }

  // Who is told to come again has got nothing done. Questions are no sign either: they come from
  // threads of the exchange, also for a worker that hangs.
  private byte[] advanced(Message message, byte[] reply) {
    if (reply[0] == Status.OK.ordinal()) {
      listener.exchangeAdvanced(message.lease());
    }
    return makingRoom(reply);
  }

  /** Whoever is told to come again shall not wait for those who have gone. */
  private byte[] makingRoom(byte[] reply) {
    if (reply[0] == Status.BUSY.ordinal()) {
      endpoints.forEach(BlockEndpoint::forgetIdleTransfers);
    }
    return reply;
  }

  private BlockEndpoint endpoint(Message message) throws Message.RefusedException {
    if (message.block() < 1 || message.block() > endpoints.size()) {
      throw new Message.RefusedException(Status.MALFORMED);
    }
    return endpoints.get(message.block() - 1);
  }
}
