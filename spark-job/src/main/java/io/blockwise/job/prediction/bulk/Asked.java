package io.blockwise.job.prediction.bulk;

import io.blockwise.data.dataset.Rows;
import org.apache.spark.sql.Row;

/**
 * An example that is asked about, within one task. Immutable.
 *
 * @param kept what the answer repeats of it
 * @param example a text, the content of an image file, or a {@link Prepared} row
 */
record Asked(Row kept, Object example) {
  /** A row of a data set. */
  record Prepared(Rows rows, int index) {}
}
