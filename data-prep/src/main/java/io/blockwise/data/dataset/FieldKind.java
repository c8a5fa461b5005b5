package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.Type;

/**
 * What a field of a row is: how it is stored, what it takes in memory, and what is known of all its
 * values. A further kind is a record, its {@link FieldValues} and its {@link FieldStatistics}, and
 * an entry here. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes(@JsonSubTypes.Type(value = ImageKind.class, name = "image"))
public sealed interface FieldKind extends Serializable permits ImageKind {
  /** The kind's name in manifests. */
  default String kindName() {
    return FieldKinds.name(getClass());
  }

  /** The column of a shard that holds a field of this kind. */
  Type column(String field);

  /** Bytes that a row's value takes in memory, at most. */
  long rowBytes();

  /** Writes the value of one row, as its source has read it, into a field that was begun. */
  void write(byte[] value, RecordConsumer into);

  /** Memory for the values of some rows, to be filled by the reader of a shard. */
  FieldValues values(int rows);

  /** Statistics of no value yet. */
  FieldStatistics statistics();

  /** The same kind with the statistics of all values of the training split. */
  FieldKind with(FieldStatistics ofTrain);

  /** Whether it has its statistics. */
  boolean measured();
}
