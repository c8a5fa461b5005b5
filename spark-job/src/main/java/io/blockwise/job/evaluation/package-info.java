/**
 * Reads published models back: beside a data set ({@link
 * io.blockwise.job.evaluation.PublishedModel}), and in the command {@code evaluate}. Nothing here
 * trains.
 */
package io.blockwise.job.evaluation;
