/**
 * How a run goes on after its driver is gone: what it keeps at the borders between leases ({@link
 * io.blockwise.job.training.resume.Checkpointing}), and what that is ({@link
 * io.blockwise.job.training.resume.RunState}).
 */
package io.blockwise.job.training.resume;
