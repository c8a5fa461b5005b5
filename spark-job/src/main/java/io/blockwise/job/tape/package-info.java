/**
 * The tape of a run: what its workers met, and in which order, so that the run can be repeated to
 * equal bytes.
 *
 * <p>Blocks compute the same from the same, and so do ledgers. What differs between two runs is who
 * comes first: which shards a lease gets, in which order pushes and ends of leases reach a ledger,
 * at which time. So all calls of ledgers happen in turns, one at a time, and each is a line. {@link
 * io.blockwise.job.tape.RecordedTape} writes them; {@link io.blockwise.job.tape.ReplayedTape} lets
 * each caller wait until its line comes, and compares what happens with what is written.
 *
 * <p>A run whose workers are on executors has no turns: its tape says what was dealt and folded,
 * and cannot be replayed.
 */
package io.blockwise.job.tape;
