package io.blockwise.model.averaging;

/** Counts what becomes of pushes. Used under the ledger's lock. */
final class PushCounter {
  private final StalenessBuckets staleness = new StalenessBuckets();
  private long received;
  private long accepted;
  private long dropped;
  private long duplicate;
  private long fenced;
  private long copiesRefused;
  private long nonFinite;
  private long periodsHalved;

  void receive() {
    received++;
  }

  void duplicate() {
    duplicate++;
  }

  void fence() {
    fenced++;
  }

  void halvePeriod() {
    periodsHalved++;
  }

  void accept(double rounds) {
    accepted++;
    staleness.add(rounds);
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
        staleness.sum(),
        staleness.counts());
  }
}
