/**
 * Thresholds of exits that hold a bound with a stated confidence, chosen by rows that nothing else
 * was chosen by (methods 2l): {@link io.blockwise.job.guarantee.FixedSequence}.
 */
package io.blockwise.job.guarantee;
