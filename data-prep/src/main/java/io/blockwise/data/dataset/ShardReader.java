package io.blockwise.data.dataset;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads the rows of one shard out of a file in memory whose checksum is right. Immutable.
 *
 * @param classes of the data set; labels are below it
 */
record ShardReader(Shard shard, RowSchema schema, int classes) {
  /**
   * Reads all rows.
   *
   * @throws UserException if the file is no shard, or its rows are not as the manifest says;
   *     Parquet tells that in many ways, and asks for any amount of memory
   */
  Rows read(byte[] bytes) {
    int[] labels = new int[shard.rows()];
    Map<String, FieldValues> fields = new LinkedHashMap<>();
    schema.fields().forEach((name, kind) -> fields.put(name, kind.values(shard.rows())));
    Unpacker unpacker = new Unpacker();
    unpacker.addLabels(labels, classes);
    fields.values().forEach(unpacker::add);
    read(bytes, schema.message(), unpacker);
    return new Rows(shard.firstRow(), labels, fields);
  }

  /**
   * Reads the labels that others were drawn in place of; {@link Dataset#NOT_DRAWN} elsewhere.
   *
   * @throws UserException as {@link #read}
   */
  int[] originalLabels(byte[] bytes) {
    int[] labels = new int[shard.rows()];
    Arrays.fill(labels, Dataset.NOT_DRAWN);
    Unpacker unpacker = new Unpacker();
    unpacker.addLabels(labels, classes);
    read(bytes, RowSchema.originals(), unpacker);
    return labels;
  }

  private void read(byte[] bytes, MessageType wanted, Unpacker rows) {
    try (ParquetFileReader reader = ParquetFileReader.open(new InMemoryFile(bytes))) {
      if (reader.getRecordCount() != shard.rows()) {
        throw new IllegalStateException(
            "it has " + reader.getRecordCount() + " rows instead of " + shard.rows());
      }
      read(reader, wanted, rows);
    } catch (IOException | RuntimeException e) {
      throw UserException.cannot(
          "read shard " + shard.file(),
          "it is no sound shard of this data set, " + innermost(e),
          "delete the data set and prepare it again",
          e);
    } catch (OutOfMemoryError e) {
      // Parquet believes the lengths it reads, and asks for as much memory
      throw UserException.cannot(
          "read shard " + shard.file(),
          "it asks for more memory than the process has left",
          "give the process more memory; where the shard is small, it is no sound one: delete the"
              + " data set and prepare it again",
          e);
    }
  }

  private void read(ParquetFileReader file, MessageType message, Unpacker rows) throws IOException {
    requireColumns(file.getFileMetaData().getSchema(), message);
    file.setRequestedSchema(message);
    MessageColumnIO columns = new ColumnIOFactory().getColumnIO(message);
    for (int row = 0; row < shard.rows(); ) {
      PageReadStore group = file.readNextRowGroup();
      RecordReader<Integer> records = columns.getRecordReader(group, rows);
      for (long end = row + group.getRowCount(); row < end; row++) {
        records.read();
      }
    }
  }

  private static void requireColumns(MessageType found, MessageType wanted) {
    for (Type column : wanted.getFields()) {
      String name = column.getName();
      if (!found.containsField(name)) {
        throw new IllegalStateException("it has no field " + name);
      }
      if (!found.getType(name).equals(column)) {
        throw new IllegalStateException(
            "its field is " + found.getType(name) + " instead of " + column);
      }
    }
  }

  private static String innermost(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = Printable.firstLine(cause);
    return message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }

  /** Unpacks Parquet rows straight into arrays, column by column. Used by one thread. */
  private static final class Unpacker extends RecordMaterializer<Integer> {
    private final List<Converter> columns = new ArrayList<>();
    private int row;

    /** Labels, of which it refuses those from {@code classes} on. */
    void addLabels(int[] into, int classes) {
      columns.add(
          new PrimitiveConverter() {
            @Override
            public void addInt(int value) {
              if (value < 0 || value >= classes) {
                throw new IllegalStateException(
                    "label " + value + " of row " + row + " is none of " + classes + " classes");
              }
              into[row] = value;
            }
          });
    }

    void add(FieldValues values) {
      columns.add(values.unpacker(() -> row));
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
  }

  /** A file that was read whole. */
  private static final class InMemoryFile implements InputFile {
    private final byte[] bytes;

    InMemoryFile(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long getLength() {
      return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
      SeekableBytes source = new SeekableBytes(bytes);
      return new DelegatingSeekableInputStream(source) {
        @Override
        public long getPos() {
          return source.position();
        }

        @Override
        public void seek(long position) throws IOException {
          source.seek(position);
        }
      };
    }

    private static final class SeekableBytes extends ByteArrayInputStream {
      SeekableBytes(byte[] bytes) {
        super(bytes);
      }

      synchronized long position() {
        return pos;
      }

      synchronized void seek(long position) throws IOException {
        if (position < 0 || position > count) {
          throw new IOException("Cannot seek to " + position + " of " + count);
        }
        pos = (int) position;
      }
    }
  }
}
