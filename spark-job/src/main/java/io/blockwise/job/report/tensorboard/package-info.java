/**
 * Scalars of a run for TensorBoard: its event files, which are records (TFRecord) of protobuf
 * messages, written without its libraries. Start at {@link
 * io.blockwise.job.report.tensorboard.ScalarLog}.
 */
package io.blockwise.job.report.tensorboard;
