package io.blockwise.data.source.text;

import io.blockwise.base.files.Storage;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.text.record.TextCursor;
import io.blockwise.data.source.text.record.TextFile;
import io.blockwise.data.source.text.record.TextPiece;
import io.blockwise.data.text.TextAnalysis;
import java.io.IOException;

/**
 * The rows of a piece of a table.
 *
 * @param classes of the data
 * @param cleaning by which a text becomes tokens
 */
record TextSlice(TextPiece piece, int rows, Labels classes, Cleaning cleaning) implements Slice {
  @Override
  public Reader open(Storage storage) throws IOException {
    return new Rows(piece.open(storage));
  }

  private final class Rows implements Reader {
    private final TextCursor records;
    private final TextAnalysis analysis = new TextAnalysis(cleaning);

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
      return new RawRow(id, file.split(), label, () -> new byte[][] {analysis.tokens(text)});
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
