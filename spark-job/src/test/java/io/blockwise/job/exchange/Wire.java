package io.blockwise.job.exchange;

import io.blockwise.job.exchange.executor.DriverLink;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.network.NetworkFigures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A driver and executors in one process. Messages are copied on their way, as between processes,
 * and can be tampered with.
 */
final class Wire implements AutoCloseable {
  /** Small and odd, so that little takes several pieces. */
  static final int CHUNK_BYTES = 4099;

  /** Far longer than any test. */
  static final Duration LONGEST_IDLE = Duration.ofHours(1);

  /** Of every run. */
  static final int WORKERS = 64;

  static final LeaseListener NOBODY =
      new LeaseListener() {
        @Override
        public void exchangeAdvanced(LeaseAttempt attempt) {}

        @Override
        public void workCounted(LeaseAttempt attempt, long done) {}

        @Override
        public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {}

        @Override
        public void evaluationCounted(long number, long done) {}
      };

  /** What happens to a message. */
  enum Fate {
    DELIVERED,
    LOST_ON_THE_WAY,
    ANSWER_LOST,
    DELIVERED_TWICE
  }

  /** Decides for one message after the other. */
  @FunctionalInterface
  interface Weather {
    Fate next();
  }

  /** By how much the driver's clock is ahead. */
  private volatile Duration later = Duration.ZERO;

  final ExchangeRouter router = new ExchangeRouter();
  private final List<Runnable> open = new ArrayList<>();

  /** Lets time pass at the driver. */
  void pass(Duration time) {
    later = later.plus(time);
  }

  ExchangeServer serve(
      String run, List<BlockLedger> ledgers, LeaseListener listener, long memoryBytes) {
    ExchangeServer server =
        new ExchangeServer(
            router,
            run,
            ledgers,
            WORKERS,
            listener,
            new ExchangeLimits(
                CHUNK_BYTES,
                new MemoryBudget(memoryBytes),
                LONGEST_IDLE,
                () -> System.nanoTime() + later.toNanos()));
    router.open(run, server);
    open.add(server::close);
    return server;
  }

  ExchangeServer serve(String run, List<BlockLedger> ledgers) {
    return serve(run, ledgers, NOBODY, 1 << 20);
  }

  PluginExchange exchange() {
    return exchange(() -> Fate.DELIVERED, UnaryOperator.identity());
  }

  /** An executor in that weather, with something done to each message. */
  PluginExchange exchange(Weather weather, UnaryOperator<byte[]> change) {
    DriverLink link =
        new DriverLink() {
          @Override
          public Object ask(byte[] message) throws IOException {
            Fate fate = weather.next();
            if (fate == Fate.LOST_ON_THE_WAY) {
              throw new IOException("lost");
            }
            if (fate == Fate.DELIVERED_TWICE) {
              router.receive(change.apply(message.clone()));
            }
            byte[] reply = router.receive(change.apply(message.clone()));
            if (fate == Fate.ANSWER_LOST) {
              throw new IOException("timed out");
            }
            return reply == null ? null : reply.clone();
          }

          @Override
          public void send(byte[] message) {
            router.receive(message.clone());
          }
        };
    PluginExchange exchange = new PluginExchange(link, CHUNK_BYTES);
    open.add(0, exchange::close);
    return exchange;
  }

  @Override
  public void close() {
    open.forEach(Runnable::run);
  }
}
