/**
 * The command {@code predict}: answers tables, directories of images and data sets in Spark's
 * tasks, partition by partition. {@link io.blockwise.job.prediction.bulk.BulkPrediction} is the way
 * in, {@link io.blockwise.job.prediction.bulk.Questions} finds out what is asked, and {@link
 * io.blockwise.job.prediction.bulk.AnswerTask} is what runs on executors.
 */
package io.blockwise.job.prediction.bulk;
