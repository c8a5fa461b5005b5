package io.blockwise.model.averaging.ledger;

import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.averaging.Push;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What has become of the pushes that a ledger received. Immutable.
 *
 * <p>Once nothing waits for its round: {@code received = accepted + dropped + duplicate + fenced +
 * refused}.
 *
 * @param received deliveries, repeated ones included
 * @param accepted folded or copied
 * @param dropped too stale
 * @param duplicate delivered again after they had arrived
 * @param fenced sent, or waiting for its round, under a lease that had ended or been replaced
 * @param refused copies that came too late, and what was not finite
 * @param nonFinite those of {@code refused} that were not finite
 * @param periodsHalved times that a worker was told to halve its period because everything it sent
 *     was dropped
 * @param stalenessSum of the accepted pushes, in rounds
 * @param stalenessHistogram accepted pushes with a staleness below 1, 2, 4, 8, 16 rounds, and of 16
 *     or more
 */
public record PushCounts(
    long received,
    long accepted,
    long dropped,
    long duplicate,
    long fenced,
    long refused,
    long nonFinite,
    long periodsHalved,
    double stalenessSum,
    List<Long> stalenessHistogram)
    implements Serializable {
  private static final int STALENESS_BUCKETS = 6;

  /** Of no push at all. */
  public static final PushCounts NONE =
      new PushCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, Collections.nCopies(STALENESS_BUCKETS, 0L));

  public PushCounts {
    stalenessHistogram = List.copyOf(stalenessHistogram);
    requireWithin(
        "buckets of staleness", stalenessHistogram.size(), STALENESS_BUCKETS, STALENESS_BUCKETS);
  }

  /** Mean staleness of the accepted pushes in rounds, 0 if there are none. */
  public double meanStaleness() {
    return accepted == 0 ? 0 : stalenessSum / accepted;
  }

  /** Both together, for several blocks. */
  public PushCounts plus(PushCounts other) {
    List<Long> histogram = new ArrayList<>();
    for (int i = 0; i < STALENESS_BUCKETS; i++) {
      histogram.add(stalenessHistogram.get(i) + other.stalenessHistogram.get(i));
    }
    return new PushCounts(
        received + other.received,
        accepted + other.accepted,
        dropped + other.dropped,
        duplicate + other.duplicate,
        fenced + other.fenced,
        refused + other.refused,
        nonFinite + other.nonFinite,
        periodsHalved + other.periodsHalved,
        stalenessSum + other.stalenessSum,
        histogram);
  }

  /** What can become of a push, and what else is counted. */
  enum Event {
    RECEIVED,
    ACCEPTED,
    DROPPED,
    DUPLICATE,
    FENCED,
    COPY_REFUSED,
    NON_FINITE,
    PERIOD_HALVED
  }

  /** Goes on counting from given counts. Used under the ledger's lock. */
  static final class Counter {
    private final long[] events = new long[Event.values().length];
    private final long[] staleness;
    private double stalenessSum;

    Counter(PushCounts from) {
      staleness = from.stalenessHistogram.stream().mapToLong(Long::longValue).toArray();
      stalenessSum = from.stalenessSum;
      events[Event.RECEIVED.ordinal()] = from.received;
      events[Event.ACCEPTED.ordinal()] = from.accepted;
      events[Event.DROPPED.ordinal()] = from.dropped;
      events[Event.DUPLICATE.ordinal()] = from.duplicate;
      events[Event.FENCED.ordinal()] = from.fenced;
      events[Event.COPY_REFUSED.ordinal()] = from.refused - from.nonFinite;
      events[Event.NON_FINITE.ordinal()] = from.nonFinite;
      events[Event.PERIOD_HALVED.ordinal()] = from.periodsHalved;
    }

    void count(Event event) {
      events[event.ordinal()]++;
    }

    /** Counts an event of a push. Turns without values are none of the pushes that are counted. */
    void count(Event event, Push.Kind kind) {
      if (kind != Push.Kind.PASS) {
        count(event);
      }
    }

    /** Counts an accepted push of this staleness. */
    void countAccepted(double rounds) {
      count(Event.ACCEPTED);
      int bucket = rounds < 1 ? 0 : Math.getExponent(rounds) + 1;
      staleness[Math.min(bucket, staleness.length - 1)]++;
      stalenessSum += rounds;
    }

    private long of(Event event) {
      return events[event.ordinal()];
    }

    PushCounts counts() {
      return new PushCounts(
          of(Event.RECEIVED),
          of(Event.ACCEPTED),
          of(Event.DROPPED),
          of(Event.DUPLICATE),
          of(Event.FENCED),
          of(Event.COPY_REFUSED) + of(Event.NON_FINITE),
          of(Event.NON_FINITE),
          of(Event.PERIOD_HALVED),
          stalenessSum,
          Arrays.stream(staleness).boxed().toList());
    }
  }
}
