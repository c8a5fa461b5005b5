/**
 * What a run shows while it goes on: {@link io.blockwise.job.report.ProgressLine} for people,
 * {@link io.blockwise.job.report.EventLog} for programs. What it has left behind: {@link
 * io.blockwise.job.report.RunListing}.
 */
package io.blockwise.job.report;
