package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.Type;

/**
 * What a field of a row is: how it is stored, what it takes in memory, and what is known of all its
 * values. A further kind is a record and its {@link FieldValues}, and an entry here. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(ImageKind.class),
  @JsonSubTypes.Type(TokensKind.class),
  @JsonSubTypes.Type(NumbersKind.class),
  @JsonSubTypes.Type(WeightKind.class)
})
public sealed interface FieldKind extends Serializable
    permits ImageKind, TokensKind, NumbersKind, WeightKind {
  /** The names of all kinds in manifests. */
  static List<String> names() {
    return Arrays.stream(FieldKind.class.getPermittedSubclasses()).map(FieldKind::name).toList();
  }

  /** A kind's name in manifests. */
  static String name(Class<?> kind) {
    return kind.getAnnotation(JsonTypeName.class).value();
  }

  /** The column of a shard that holds a field of this kind. */
  Type column(String field);

  /** Bytes that a row's value takes in memory, at most. */
  long rowBytes();

  /**
   * Bytes that a field of this kind takes in all shards, roughly.
   *
   * @param rawBytes of the files that it is read from
   */
  long expectedBytes(long rows, long rawBytes);

  /** Writes the value of one row into a field that was begun. */
  void write(byte[] value, RecordConsumer into);

  /** Memory for the values of some rows, to be filled by the reader of a shard. */
  FieldValues values(int rows);

  /** Whether all is known that only the rows of the training split tell. */
  boolean measured();
}
