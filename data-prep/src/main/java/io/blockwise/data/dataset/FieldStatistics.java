package io.blockwise.data.dataset;

import java.io.Serializable;

/**
 * What is gathered of a field's values while shards are written, in whole numbers, so that the
 * order does not show. No record, because it may pass through Kryo. Used by one thread.
 */
public sealed interface FieldStatistics extends Serializable permits ImageStatistics {
  /** Adds the value of one row, as its source has read it. */
  void add(byte[] value);

  /** Adds what another of the same kind has gathered. */
  void add(FieldStatistics other);
}
