/**
 * When the blocks of a worker did what: {@link io.blockwise.job.trace.Traces} of a run, which end
 * up as {@code trace.json} in the Trace Event Format, for Perfetto and chrome://tracing, and as a
 * picture, {@code trace.svg}.
 */
package io.blockwise.job.trace;
