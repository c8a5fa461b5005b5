package io.blockwise.model.averaging;

import java.util.Arrays;

/** Counts what becomes of pushes. Used under the ledger's lock. */
final class PushCounter {
  private final long[] staleness;
  private double stalenessSum;
  private long received;
  private long accepted;
  private long dropped;
  private long duplicate;
  private long fenced;
  private long copiesRefused;
  private long nonFinite;
  private long periodsHalved;

  /** Goes on from these. */
  PushCounter(PushCounts from) {
    this.staleness = from.stalenessHistogram().stream().mapToLong(Long::longValue).toArray();
    this.stalenessSum = from.stalenessSum();
    this.received = from.received();
    this.accepted = from.accepted();
    this.dropped = from.dropped();
    this.duplicate = from.duplicate();
    this.fenced = from.fenced();
    this.copiesRefused = from.refused() - from.nonFinite();
    this.nonFinite = from.nonFinite();
    this.periodsHalved = from.periodsHalved();
  }

  /** Turns without values are none of the pushes that are counted. */
  void receive(Push.Kind kind) {
    received += counts(kind);
  }

  void duplicate(Push.Kind kind) {
    duplicate += counts(kind);
  }

  void fence(Push.Kind kind) {
    fenced += counts(kind);
  }

  private static int counts(Push.Kind kind) {
    return kind == Push.Kind.PASS ? 0 : 1;
  }

  void halvePeriod() {
    periodsHalved++;
  }

  void accept(double rounds) {
    accepted++;
    int bucket = rounds < 1 ? 0 : Math.getExponent(rounds) + 1;
    staleness[Math.min(bucket, staleness.length - 1)]++;
    stalenessSum += rounds;
  }

  void drop() {
    dropped++;
  }

  void refuseCopy() {
    copiesRefused++;
  }

  void refuseNonFinite() {
    nonFinite++;
  }

  PushCounts counts() {
    return new PushCounts(
        received,
        accepted,
        dropped,
        duplicate,
        fenced,
        copiesRefused + nonFinite,
        nonFinite,
        periodsHalved,
        stalenessSum,
        Arrays.stream(staleness).boxed().toList());
  }
}
