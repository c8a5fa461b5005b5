package io.blockwise.data.source.text.record;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** The rows of a piece of Parquet, of which some columns are read. Used by one thread. */
final class ParquetRecords implements TextCursor {
  private static final String LABEL_KEY = "data.text.label-column";
  private static final String TEXT_KEY = "data.text.text-column";
  private static final String SIDES = "data.side.";

  /** Position of the first column behind those of label and text. */
  private static final int FIRST_OTHER = 2;

  private final ParquetPiece piece;
  private final ParquetReader<Group> reader;
  private Labelled current;

  private ParquetRecords(ParquetPiece piece, ParquetReader<Group> reader) {
    this.piece = piece;
    this.reader = reader;
  }

  /**
   * Opens the file.
   *
   * @throws UserException if it is no Parquet, or lacks a column, or one is of another type
   */
  static ParquetRecords open(Storage storage, ParquetPiece piece) throws IOException {
    Configuration conf = new Configuration(storage.fileSystem(piece.file().path()).getConf());
    try {
      InputFile file = HadoopInputFile.fromPath(piece.file().path(), conf);
      conf.set(ReadSupport.PARQUET_READ_SCHEMA, columns(piece, schema(file)).toString());
      return new ParquetRecords(
          piece,
          new Builder(file).withConf(conf).withFileRange(piece.start(), piece.end()).build());
    } catch (RuntimeException e) {
      throw e instanceof UserException ? e : damaged(piece, e);
    }
  }

  private static MessageType schema(InputFile file) throws IOException {
    try (ParquetFileReader opened = ParquetFileReader.open(file)) {
      return opened.getFileMetaData().getSchema();
    }
  }

  private static MessageType columns(ParquetPiece piece, MessageType schema) {
    Columns columns = piece.format().columns();
    Type label = column(piece, schema, LABEL_KEY, columns.label());
    Type text = column(piece, schema, TEXT_KEY, columns.text());
    String keys = LABEL_KEY + " and " + TEXT_KEY;
    boolean labels = isText(label) || isWholeNumber(label);
    requireType(piece, label, labels, "neither text nor a whole number", keys);
    requireType(piece, text, isText(text), "no text", keys);
    List<Type> read = new ArrayList<>(List.of(label, text));
    for (int i = 0; i < columns.others().size(); i++) {
      read.add(other(piece, schema, i));
    }
    return new MessageType("row", read);
  }

  private static Type other(ParquetPiece piece, MessageType schema, int number) {
    Columns columns = piece.format().columns();
    String key = columns.key(number);
    Type other = column(piece, schema, key, columns.others().get(number));
    if (number < columns.texts().size()) {
      requireType(piece, other, isText(other), "no text", key);
    } else {
      requireType(piece, other, isNumber(other), "no number", key);
    }
    return other;
  }

  private static Type column(ParquetPiece piece, MessageType schema, String key, String name) {
    if (!schema.containsField(name)) {
      List<String> names = schema.getFields().stream().map(Type::getName).toList();
      throw UserException.cannot(
          "read " + piece.file().path(),
          "it has columns " + Printable.of(String.join(", ", names)) + ", and none is " + name,
          key.startsWith(SIDES)
              ? "set " + key + " to names of some"
              : "set " + key + " to the name of one");
    }
    return schema.getType(name);
  }

  private static void requireType(
      ParquetPiece piece, Type column, boolean fits, String fault, String keys) {
    if (!fits) {
      throw UserException.cannot(
          "read " + piece.file().path(),
          "its column is " + column + ", and " + fault,
          "name another: " + keys);
    }
  }

  private static boolean isText(Type column) {
    return column.isPrimitive()
        && column.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && column.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation;
  }

  private static boolean isNumber(Type column) {
    return isWholeNumber(column)
        || column.isPrimitive()
            && List.of(PrimitiveTypeName.FLOAT, PrimitiveTypeName.DOUBLE)
                .contains(column.asPrimitiveType().getPrimitiveTypeName());
  }

  private static boolean isWholeNumber(Type column) {
    LogicalTypeAnnotation meaning = column.getLogicalTypeAnnotation();
    return column.isPrimitive()
        && List.of(PrimitiveTypeName.INT32, PrimitiveTypeName.INT64)
            .contains(column.asPrimitiveType().getPrimitiveTypeName())
        && (meaning == null || meaning instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation);
  }

  @Override
  public boolean advance() throws IOException {
    try {
      Group row = reader.read();
      if (row == null) {
        return false;
      }
      current = new Labelled(value(row, 0), value(row, 1), others(row));
      return true;
    } catch (RuntimeException e) {
      throw e instanceof UserException ? e : damaged(piece, e);
    }
  }

  private List<String> others(Group row) {
    int count = piece.format().columns().others().size();
    return IntStream.range(0, count).mapToObj(i -> value(row, FIRST_OTHER + i)).toList();
  }

  private String value(Group row, int column) {
    int count = row.getFieldRepetitionCount(column);
    if (count != 1) {
      String name = row.getType().getFieldName(column);
      throw bad(
          "has " + (count == 0 ? "nothing" : count + " values") + " in " + name,
          column < FIRST_OTHER
              ? remedy()
              : "fill it, or leave the column out of "
                  + piece.format().columns().key(column - FIRST_OTHER),
          null);
    }
    return row.getValueToString(column, 0);
  }

  @Override
  public Labelled current() {
    return current;
  }

  @Override
  public long position() {
    return reader.getCurrentRowIndex();
  }

  @Override
  public UserException bad(String fact, String remedy, Exception cause) {
    return UserException.cannot(
        "read " + piece.file().path(), "row " + (position() + 1) + " " + fact, remedy, cause);
  }

  @Override
  public String remedy() {
    return "correct it: a row has a label and a text";
  }

  private static UserException damaged(ParquetPiece piece, RuntimeException e) {
    return UserException.cannot(
        "read " + piece.file().path(),
        "it is no sound file of Parquet, " + Printable.firstLine(e),
        "write it again",
        e);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private static final class Builder extends ParquetReader.Builder<Group> {
    Builder(InputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }
}
