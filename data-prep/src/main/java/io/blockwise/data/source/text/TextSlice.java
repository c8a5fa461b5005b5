package io.blockwise.data.source.text;

import io.blockwise.base.files.Storage;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.text.record.TextCursor;
import io.blockwise.data.source.text.record.TextFile;
import io.blockwise.data.source.text.record.TextPiece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The rows of a piece of a table.
 *
 * @param classes of the data
 */
record TextSlice(TextPiece piece, int rows, Labels classes) implements Slice {
  @Override
  public Reader open(Storage storage) throws IOException {
    return new Rows(piece.open(storage));
  }

  private final class Rows implements Reader {
    private final TextCursor records;

    Rows(TextCursor records) {
      this.records = records;
    }

    @Override
    public RawRow next() throws IOException {
      if (!records.advance()) {
        throw new IllegalStateException(piece + " has fewer rows than it had");
      }
      String name = records.current().label();
      int label = classes.id(name);
      if (label < 0) {
        throw records.bad("has label " + name + ", " + classes.rule(), null);
      }
      TextFile file = piece.file();
      RawRow.Id id = new RawRow.Id(file.name(), file.number(), records.position());
      String text = records.current().text();
      return new RawRow(
          id, file.split(), label, () -> new byte[][] {text.getBytes(StandardCharsets.UTF_8)});
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
