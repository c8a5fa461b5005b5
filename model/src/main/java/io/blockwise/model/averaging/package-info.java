/**
 * Keeps the replicas of a block together: every worker trains its own copy of every block, one
 * ledger per block holds the average, and no block waits for another.
 *
 * <pre>
 *   worker                                             driver
 *
 *   Block --- x ---.                                   BlockLedger (one per block)
 *                  v                                     g, version, running statistics
 *   BlockReplica: d = dec(enc(x - a)), p = a + d           |
 *       |                                                  |
 *       |--- Push(lease, number, base version, --------->  | known attempt? new number? finite?
 *       |         d or x, examples, statistics)            | not too stale?
 *       |                 ParameterExchange                | rule:  g &lt;- g + w d,  version + 1
 *       |  &lt;--------- Reply(decided, verdict, L, g) -------|
 *       |                                                  |
 *   push settled:  x &lt;- g + (x - p),  a &lt;- g               |
 *   not decided yet: train on, Fetch at the next batch --->|
 * </pre>
 *
 * <p>Rules: {@code average} folds every push at once, weighted by its worker's share and by its
 * staleness; {@code quorum} folds in rounds, and with rounds of all workers it is synchronous
 * averaging; under {@code elastic} workers stay apart, and are only drawn towards the ledger. A
 * worker that is alone sends its value as it is ({@link
 * io.blockwise.model.averaging.Push.Kind#COPY}), so that no arithmetic touches it.
 *
 * <p>Start at {@link io.blockwise.model.averaging.replica.BlockReplica} for the worker's side and
 * at {@link io.blockwise.model.averaging.ledger.BlockLedger} for the other. Messages are immutable
 * and made of plain values. The reasons are in {@code docs/adr/0004-averaging-rule.md}.
 */
package io.blockwise.model.averaging;
