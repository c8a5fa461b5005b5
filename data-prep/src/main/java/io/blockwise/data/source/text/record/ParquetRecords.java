package io.blockwise.data.source.text.record;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
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
      MessageType columns = columns(piece, schema(file));
      return new ParquetRecords(
          piece,
          new Builder(file, columns)
              .withConf(conf)
              .withFileRange(piece.start(), piece.end())
              .build());
    } catch (RuntimeException e) {
      throw e instanceof UserException ? e : damaged(piece.file().path(), e);
    }
  }

  /**
   * Names of a file's columns, in their order.
   *
   * @throws UserException if it is no Parquet
   */
  static List<String> names(Storage storage, Path path) throws IOException {
    Configuration conf = new Configuration(storage.fileSystem(path).getConf());
    try {
      return schema(HadoopInputFile.fromPath(path, conf)).getFields().stream()
          .map(Type::getName)
          .toList();
    } catch (RuntimeException e) {
      throw damaged(path, e);
    }
  }

  private static MessageType schema(InputFile file) throws IOException {
    try (ParquetFileReader opened = ParquetFileReader.open(file)) {
      return opened.getFileMetaData().getSchema();
    }
  }

  private static MessageType columns(ParquetPiece piece, MessageType schema) {
    Columns columns = piece.format().columns();
    Type label = column(piece, schema, columns.labelKey(), columns.label(), false);
    boolean labels = isText(label) || isWholeNumber(label);
    requireType(piece, label, labels, "neither text nor a whole number", mainKeys(columns));
    List<Type> read = new ArrayList<>(List.of(label));
    for (int i = 0; i < columns.values().size(); i++) {
      read.add(value(piece, schema, i));
    }
    return new MessageType("row", read);
  }

  /** Keys of label and main text, one of which may be named in place of the other. */
  private static String mainKeys(Columns columns) {
    return columns.labelKey() + (columns.areOfNumbers() ? "" : " and " + columns.key(0));
  }

  private static Type value(ParquetPiece piece, MessageType schema, int position) {
    Columns columns = piece.format().columns();
    boolean several = columns.isOneOfSeveral(position);
    boolean main = position == 0 && !columns.areOfNumbers();
    String key = columns.key(position);
    Type value = column(piece, schema, key, columns.values().get(position), several);
    String keys = main ? mainKeys(columns) : key;
    if (position < columns.texts().size()) {
      requireType(piece, value, isText(value), "no text", keys);
    } else {
      requireType(piece, value, isNumber(value), "no number", keys);
    }
    return value;
  }

  private static Type column(
      ParquetPiece piece, MessageType schema, String key, String name, boolean several) {
    if (!schema.containsField(name)) {
      List<String> names = schema.getFields().stream().map(Type::getName).toList();
      throw UserException.cannot(
          "read " + piece.file().path(),
          "it has columns " + Printable.of(String.join(", ", names)) + ", and none is " + name,
          "set " + key + (several ? " to names of some" : " to the name of one"));
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
      int texts = piece.format().columns().texts().size();
      List<String> values = values(row);
      current =
          new Labelled(
              value(row, 0), values.subList(0, texts), values.subList(texts, values.size()));
      return true;
    } catch (RuntimeException e) {
      throw e instanceof UserException ? e : damaged(piece.file().path(), e);
    }
  }

  /** Behind the label. */
  private List<String> values(Group row) {
    int count = piece.format().columns().values().size();
    return IntStream.rangeClosed(1, count).mapToObj(column -> value(row, column)).toList();
  }

  /** Of a column as it is read: the label is the first. */
  private String value(Group row, int column) {
    Columns columns = piece.format().columns();
    int count = row.getFieldRepetitionCount(column);
    int number = column - 1 - columns.texts().size(); // below 0 for texts
    if (count == 0 && number >= 0 && columns.mayLack(number)) {
      return "";
    }
    if (count != 1) {
      String name = row.getType().getFieldName(column);
      throw bad(
          "has " + (count == 0 ? "nothing" : count + " values") + " in " + name,
          remedy(columns, column),
          null);
    }
    return row.getValueToString(column, 0);
  }

  private String remedy(Columns columns, int column) {
    int number = column - 1 - columns.texts().size();
    if (number >= 0) {
      return "fill it" + columns.remedy(number, !columns.gaps());
    }
    return column < 2 ? remedy() : "fill it, or leave the column out of " + columns.key(column - 1);
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
    return "correct it: a row has " + piece.format().columns().described();
  }

  private static UserException damaged(Path path, RuntimeException e) {
    return UserException.cannot(
        "read " + path,
        "it is no sound file of Parquet, " + Printable.firstLine(e),
        "write it again",
        e);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private static final class Builder extends ParquetReader.Builder<Group> {
    private final MessageType columns;

    Builder(InputFile file, MessageType columns) {
      super(file);
      this.columns = columns;
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new Chosen(columns);
    }
  }

  /** Told which columns to read as they are: written as text, names with a blank in them break. */
  private static final class Chosen extends GroupReadSupport {
    private final MessageType columns;

    Chosen(MessageType columns) {
      this.columns = columns;
    }

    @Override
    public ReadContext init(InitContext context) {
      return new ReadContext(columns);
    }
  }
}
