package io.blockwise.job.training.growth;

/**
 * The early end of a run. Immutable.
 *
 * @param epoch that was its last
 * @param block whose figure it went by, from 1
 * @param metric as the setting names it
 * @param best value of it, without improvements that did not count
 * @param bestEpoch that reached it
 * @param text one line for people
 */
public record Stop(int epoch, int block, String metric, double best, int bestEpoch, String text) {}
