/**
 * Answers what is as raw as before data-prep, from an artifact alone and without Spark: {@link
 * io.blockwise.job.prediction.Predictor}.
 */
package io.blockwise.job.prediction;
