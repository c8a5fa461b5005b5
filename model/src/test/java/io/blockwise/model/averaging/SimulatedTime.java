package io.blockwise.model.averaging;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Discrete events on one clock, and an exchange whose answers take their time on it. A worker that
 * waits for others, in lock-step, lets them step meanwhile. Used by one thread.
 */
final class SimulatedTime {
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
  private long now;
  private long order;

  /** What happens at an instant. */
  interface Happening {
    void happen() throws InterruptedException;
  }

  private record Event(long at, long order, Happening what) {}

  long nanos() {
    return now;
  }

  void in(long nanos, Happening what) {
    events.add(new Event(now + nanos, order++, what));
  }

  void next() throws InterruptedException {
    Event event = events.remove();
    now = event.at;
    event.what.happen();
  }

  /** What is sent arrives at once, answers later. */
  ParameterExchange late(ParameterExchange exchange, long nanos) {
    return new Late(exchange, nanos);
  }

  private final class Late implements ParameterExchange {
    private final ParameterExchange exchange;
    private final long nanos;

    Late(ParameterExchange exchange, long nanos) {
      this.exchange = exchange;
      this.nanos = nanos;
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      return late(exchange.push(push).join());
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return late(exchange.fetch(fetch).join());
    }

    private CompletableFuture<Reply> late(Reply reply) {
      CompletableFuture<Reply> arrival = new CompletableFuture<>();
      if (nanos == 0) {
        arrival.complete(reply); // whoever waits in lock-step waits for it in earnest
      } else {
        in(nanos, () -> arrival.complete(reply));
      }
      return arrival;
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      Reply reply = exchange.fetch(fetch).join();
      while (!reply.decides(fetch.sequence())) {
        next();
        reply = exchange.fetch(fetch).join();
      }
      return reply;
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
