/**
 * What a training would take, worked out without training: the command {@code plan}.
 *
 * <pre>
 *   settings, Spark's properties --&gt; Offer: executors, slots, threads
 *   manifest, or what is known of the data before there is one --&gt; PlannedData --&gt; Schedule: steps
 *   network --&gt; BlockSize; Rehearsal: the run's own workers on random images --&gt; memory, speed
 *                                  all of these --&gt; Memory, Exchange --&gt; Plan --&gt; PlanText
 * </pre>
 *
 * <p>{@link io.blockwise.job.plan.Plan} is the way in. Everything but it and the rehearsal is
 * calculation on values.
 */
package io.blockwise.job.plan;
