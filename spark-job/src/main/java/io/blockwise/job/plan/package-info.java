/**
 * What a training would take, worked out without training: the command {@code plan}.
 *
 * <pre>
 *   settings, Spark's properties --&gt; Offer: executors, slots, threads
 *   manifest, or what is known of the data before there is one --&gt; Rows --&gt; Schedule: shares, steps
 *   network --&gt; Rehearsal: a few steps in a process of its own --&gt; parameters, native memory, speed
 *                                  all of these --&gt; Memory, Exchange --&gt; PlanText
 * </pre>
 *
 * <p>{@link io.blockwise.job.plan.Planning} is the way in. Everything but it and the rehearsal is
 * calculation on values.
 */
package io.blockwise.job.plan;
