/**
 * Thresholds of leaving early that carry a guarantee (methods 2l): {@link
 * io.blockwise.job.guarantee.CalibrationRows} are set aside, {@link
 * io.blockwise.job.guarantee.Calibration} chooses by them in {@link
 * io.blockwise.job.guarantee.FixedSequence}, and {@link
 * io.blockwise.job.guarantee.ModelCalibration} does so for models that are published already.
 */
package io.blockwise.job.guarantee;
