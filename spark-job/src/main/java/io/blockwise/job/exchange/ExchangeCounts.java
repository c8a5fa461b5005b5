package io.blockwise.job.exchange;

/**
 * Messages that came in, and what became of them. Immutable.
 *
 * <p>{@code messages = answered + pending + malformed + oversized + foreign + fenced + busy +
 * restarted + refused + failed}, unless a message comes in while the counts are taken.
 *
 * @param messages of all kinds
 * @param bytesReceived in them
 * @param bytesReplied to them
 * @param answered done as asked
 * @param pending questions that had to be asked again, because a ledger was still at work
 * @param malformed no message, damaged or cut
 * @param oversized longer than allowed, or than the block
 * @param foreign of a run that is unknown or has ended
 * @param fenced of a lease that was replaced or never opened
 * @param busy turned away for lack of memory, to come again
 * @param restarted reads of a value that had to begin anew
 * @param refused pushes that their ledger cannot take
 * @param failed where the driver failed
 * @param chunks pieces of pushes and of values among the messages
 * @param bytesHeldMost most bytes of pushes held at a time, waiting for their rest or to be folded,
 *     by all runs of the driver
 */
public record ExchangeCounts(
    long messages,
    long bytesReceived,
    long bytesReplied,
    long answered,
    long pending,
    long malformed,
    long oversized,
    long foreign,
    long fenced,
    long busy,
    long restarted,
    long refused,
    long failed,
    long chunks,
    long bytesHeldMost) {}
