package io.blockwise.data.source.text.record;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.List;
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

/** The rows of a piece of Parquet, of which two columns are read. Used by one thread. */
final class ParquetRecords implements TextCursor {
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
    ParquetFormat format = piece.format();
    Type label = column(piece, schema, "label-column", format.label());
    Type text = column(piece, schema, "text-column", format.text());
    requireType(
        piece, label, isText(label) || isWholeNumber(label), "neither text nor a whole number");
    requireType(piece, text, isText(text), "no text");
    return new MessageType("row", label, text);
  }

  private static Type column(ParquetPiece piece, MessageType schema, String key, String name) {
    if (!schema.containsField(name)) {
      List<String> names = schema.getFields().stream().map(Type::getName).toList();
      throw UserException.cannot(
          "read " + piece.file().path(),
          "it has columns " + Printable.of(String.join(", ", names)) + ", and none is " + name,
          "set data.text." + key + " to the name of one");
    }
    return schema.getType(name);
  }

  private static void requireType(ParquetPiece piece, Type column, boolean fits, String fault) {
    if (!fits) {
      throw UserException.cannot(
          "read " + piece.file().path(),
          "its column is " + column + ", and " + fault,
          "name another: data.text.label-column and data.text.text-column");
    }
  }

  private static boolean isText(Type column) {
    return column.isPrimitive()
        && column.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && column.getLogicalTypeAnnotation()
            instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation;
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
      current = new Labelled(value(row, 0), value(row, 1));
      return true;
    } catch (RuntimeException e) {
      throw e instanceof UserException ? e : damaged(piece, e);
    }
  }

  private String value(Group row, int column) {
    int count = row.getFieldRepetitionCount(column);
    if (count != 1) {
      String name = column == 0 ? piece.format().label() : piece.format().text();
      throw bad("has " + (count == 0 ? "nothing" : count + " values") + " in " + name, null);
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
  public UserException bad(String fact, Exception cause) {
    return UserException.cannot(
        "read " + piece.file().path(),
        "row " + (position() + 1) + " " + fact,
        "correct it: a row has a label and a text",
        cause);
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
