package io.blockwise.data.dataset;

import java.util.function.IntConsumer;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Parquet's own list, which Spark reads as an array. */
final class ParquetList {
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private ParquetList() {}

  /** The column of a field that is a list of required values. */
  static Type column(String field, PrimitiveTypeName element) {
    return Types.requiredGroup()
        .as(LogicalTypeAnnotation.listType())
        .addField(
            Types.repeatedGroup().addField(Types.required(element).named(ELEMENT)).named(LIST))
        .named(field);
  }

  /**
   * Writes a list into a field that was begun.
   *
   * @param count of its elements, at least 1
   * @param element writes the one of a number from 0
   */
  static void write(int count, IntConsumer element, RecordConsumer into) {
    into.startGroup();
    into.startField(LIST, 0);
    for (int i = 0; i < count; i++) {
      into.startGroup();
      into.startField(ELEMENT, 0);
      element.accept(i);
      into.endField(ELEMENT, 0);
      into.endGroup();
    }
    into.endField(LIST, 0);
    into.endGroup();
  }

  /**
   * Reads lists.
   *
   * @param element is given every value of a list
   * @param begin runs before the first of them, {@code end} behind the last
   */
  static Converter converter(Converter element, Runnable begin, Runnable end) {
    return new Nested(new Nested(element, () -> {}, () -> {}), begin, end);
  }

  /** A group of one column. Used by one thread. */
  private static final class Nested extends GroupConverter {
    private final Converter column;
    private final Runnable begin;
    private final Runnable end;

    Nested(Converter column, Runnable begin, Runnable end) {
      this.column = column;
      this.begin = begin;
      this.end = end;
    }

    @Override
    public Converter getConverter(int index) {
      return column;
    }

    @Override
    public void start() {
      begin.run();
    }

    @Override
    public void end() {
      end.run();
    }
  }
}
