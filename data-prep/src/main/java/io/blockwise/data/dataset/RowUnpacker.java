package io.blockwise.data.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;

/** Unpacks Parquet rows straight into the arrays of {@link Rows}. Used by one thread. */
final class RowUnpacker extends RecordMaterializer<Integer> {
  private final int classes;
  private final int[] labels;
  private final Map<String, FieldValues> fields = new LinkedHashMap<>();

  /** By column: the label's, then the fields'. */
  private final List<Converter> columns = new ArrayList<>();

  private int row;

  /** Refuses labels from {@code classes} on. */
  RowUnpacker(RowSchema schema, int classes, int rows) {
    this.classes = classes;
    this.labels = new int[rows];
    columns.add(new Label());
    schema
        .fields()
        .forEach(
            (name, kind) -> {
              FieldValues values = kind.values(rows);
              fields.put(name, values);
              columns.add(values.unpacker(() -> row));
            });
  }

  /** What was unpacked. */
  Rows rows(long firstRow) {
    return new Rows(firstRow, labels, fields);
  }

  /** Rows unpacked. */
  @Override
  public Integer getCurrentRecord() {
    return row;
  }

  @Override
  public GroupConverter getRootConverter() {
    return new GroupConverter() {
      @Override
      public Converter getConverter(int column) {
        return columns.get(column);
      }

      @Override
      public void start() {}

      @Override
      public void end() {
        row++;
      }
    };
  }

  private final class Label extends PrimitiveConverter {
    @Override
    public void addInt(int value) {
      if (value < 0 || value >= classes) {
        throw new IllegalStateException(
            "label " + value + " of row " + row + " is none of " + classes + " classes");
      }
      labels[row] = value;
    }
  }
}
