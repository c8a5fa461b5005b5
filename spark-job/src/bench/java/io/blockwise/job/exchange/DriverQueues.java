package io.blockwise.job.exchange;

import io.blockwise.job.exchange.wire.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The queues of one driver, event by event. A push goes through them piece by piece, the next piece
 * when the one before is answered: link, other threads, plugin thread; the whole of it through its
 * block's ledger thread; and back as pieces of the new version. What computes needs a core as well
 * as its thread. A worker has one push per block in flight, and does not wait for it: the next one
 * goes out a period after the last, or when that is settled if this is later.
 *
 * <p>Deterministic for a seed. Used by one thread.
 */
final class DriverQueues {
  /**
   * What the second half of the simulated time gave.
   *
   * @param pushes settled per second
   * @param settlementSeconds mean time from sending a push to having the value it is settled in
   * @param heldMegabytes most that was held at a time for pushes that are incomplete or wait
   */
  record Result(double pushes, double settlementSeconds, double heldMegabytes) {}

  private static final double PIECE_MEGABYTES = Message.CHUNK_BYTES / 1e6;

  // From a worker to the driver and back, beside what is queued for here.
  private static final double ROUND_TRIP_SECONDS = 3e-4;
  private static final int LEAST_PERIODS = 24;

  // Steps take this much more or less, so that workers do not stay where they started.
  private static final double JITTER = 0.1;

  private final DriverLoad load;
  private final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Station> stations = new ArrayList<>();
  private final Station linkIn = new Station(1, false);
  private final Station linkOut = new Station(1, false);
  private final Station plugin = new Station(1, true);
  private final Station rest = new Station(Integer.MAX_VALUE, true);
  private final List<Station> ledgers = new ArrayList<>();
  private final double end;
  private double now;
  private long happened;
  private int idleCores;
  private long settled;
  private double waited;
  private double held;
  private double heldMost;

  private DriverQueues(DriverLoad load, long seed) {
    if (load.drivers() != 1) {
      throw new IllegalArgumentException("one driver is simulated, not " + load.drivers());
    }
    this.load = load;
    this.random = new SplittableRandom(seed);
    this.idleCores = load.cores();
    this.end = LEAST_PERIODS * load.periodSeconds() * Math.max(1, load.highest());
    for (int block = 0; block < load.blocks(); block++) {
      ledgers.add(new Station(1, true));
    }
  }

  static Result simulate(DriverLoad load, long seed) {
    return new DriverQueues(load, seed).run();
  }

  private Result run() {
    for (int worker = 0; worker < load.workers(); worker++) {
      for (Station ledger : ledgers) {
        at(random.nextDouble() * load.periodSeconds(), new Push(ledger)::send);
      }
    }
    while (!events.isEmpty() && events.peek().time < end) {
      Event event = events.remove();
      now = event.time;
      event.action.run();
    }
    return new Result(settled / (end / 2), waited / settled, heldMost);
  }

  private void at(double time, Runnable action) {
    events.add(new Event(time, happened++, action));
  }

  /** A worker's pushes of a block, one after the other. */
  private final class Push {
    private final Station ledger;
    private double sent;
    private double left;

    Push(Station ledger) {
      this.ledger = ledger;
    }

    void send() {
      sent = now;
      left = load.pushMegabytes();
      sendPiece();
    }

    private void sendPiece() {
      double piece = Math.min(left, PIECE_MEGABYTES);
      linkIn.serve(piece / load.linkMegabytes(), () -> receive(piece));
    }

    private void receive(double piece) {
      if (left == load.pushMegabytes()) {
        held += left;
        heldMost = Math.max(heldMost, held);
      }
      rest.serve(millis(load.costs().rest(), piece), () -> route(piece));
    }

    private void route(double piece) {
      plugin.serve(millis(load.costs().plugin(), piece), () -> arrived(piece));
    }

    private void arrived(double piece) {
      left -= piece;
      if (left > 0) {
        at(now + ROUND_TRIP_SECONDS, this::sendPiece);
      } else {
        ledger.serve(millis(load.costs().ledger(), load.blockMegabytes()), this::folded);
      }
    }

    private void folded() {
      held -= load.pushMegabytes();
      left = load.blockMegabytes();
      at(now + ROUND_TRIP_SECONDS, this::readPiece);
    }

    private void readPiece() {
      double piece = Math.min(left, PIECE_MEGABYTES);
      plugin.serve(
          millis(load.costs().plugin(), piece),
          () -> rest.serve(millis(load.costs().rest(), piece), () -> reply(piece)));
    }

    private void reply(double piece) {
      linkOut.serve(piece / load.linkMegabytes(), () -> read(piece));
    }

    private void read(double piece) {
      left -= piece;
      if (left > 0) {
        at(now + ROUND_TRIP_SECONDS, this::readPiece);
        return;
      }
      if (now > end / 2) {
        settled++;
        waited += now - sent;
      }
      double steps = load.periodSeconds() * (1 + random.nextDouble(-JITTER, JITTER));
      at(Math.max(now, sent + steps), this::send);
    }

    private double millis(double perMegabyte, double megabytes) {
      return perMegabyte / 1e3 * megabytes;
    }
  }

  /** Something that serves one after the other, or several at a time, in order of arrival. */
  private final class Station {
    private final Deque<Work> waiting = new ArrayDeque<>();
    private final boolean computes;
    private int idle;

    Station(int servers, boolean computes) {
      this.idle = servers;
      this.computes = computes;
      stations.add(this);
    }

    void serve(double seconds, Runnable then) {
      waiting.add(new Work(seconds, then, happened++));
      startWhatCan();
    }

    boolean canStart() {
      return !waiting.isEmpty() && idle > 0 && (!computes || idleCores > 0);
    }

    void start() {
      Work work = waiting.remove();
      idle--;
      idleCores -= computes ? 1 : 0;
      at(
          now + work.seconds,
          () -> {
            idle++;
            idleCores += computes ? 1 : 0;
            work.then.run();
            startWhatCan();
          });
    }
  }

  /** Cores go to what has waited longest. */
  private void startWhatCan() {
    for (Station next = longestWaiting(); next != null; next = longestWaiting()) {
      next.start();
    }
  }

  private Station longestWaiting() {
    Station longest = null;
    for (Station station : stations) {
      if (station.canStart()
          && (longest == null
              || station.waiting.element().since < longest.waiting.element().since)) {
        longest = station;
      }
    }
    return longest;
  }

  private record Work(double seconds, Runnable then, long since) {}

  private record Event(double time, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Double.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
