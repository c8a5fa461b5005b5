/**
 * What a run keeps so that it can go on after its driver, or all its executors, are gone: files in
 * {@code runs/RUN-ID/checkpoints/NUMBER}, complete as soon as their manifest is there. Executors
 * write what their workers know ({@link io.blockwise.job.checkpoint.ReplicaFiles}), the driver
 * writes the rest and the manifest ({@link io.blockwise.job.checkpoint.Checkpoints}).
 */
package io.blockwise.job.checkpoint;
