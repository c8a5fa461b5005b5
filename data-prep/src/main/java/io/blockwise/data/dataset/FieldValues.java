package io.blockwise.data.dataset;

import java.util.function.IntSupplier;
import org.apache.parquet.io.api.Converter;

/**
 * The values of one field, row after row, of some rows in memory. What holds them is shared and not
 * copied, because it is large: whoever gets it reads it only. Thread-safe as long as that holds.
 */
public abstract sealed class FieldValues
    permits ImageValues, TokenValues, NumberValues, WeightValues {
  /** Fills them from Parquet. Refuses a value that is none of the kind. */
  abstract Converter unpacker(IntSupplier row);
}
