package io.blockwise.job.prediction.bulk;

import io.blockwise.data.dataset.Rows;
import io.blockwise.job.prediction.Example;
import org.apache.spark.sql.Row;

/**
 * An example that is asked about, within one task. Immutable.
 *
 * @param kept what the answer repeats of it
 * @param example an {@link Example}, or a {@link Prepared} row; null if the row has none
 */
public record Asked(Row kept, Object example) {
  /** A row of a data set. */
  public record Prepared(Rows rows, int index) {}
}
