package io.blockwise.data.source.text;

import io.blockwise.base.files.Storage;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.TextCursor;
import io.blockwise.data.source.text.record.TextFile;
import io.blockwise.data.source.text.record.TextPiece;
import io.blockwise.data.text.TextAnalysis;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a piece of a table.
 *
 * @param classes of the data
 * @param cleaning by which a text becomes tokens
 * @param numbers names of the columns of numbers, which are behind those of further texts
 */
record TextSlice(TextPiece piece, int rows, Labels classes, Cleaning cleaning, List<String> numbers)
    implements Slice {
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
      return new RawRow(id, file.split(), label, this::values);
    }

    /** Of the row that the reader is at: its text, further texts, and all numbers as one. */
    private byte[][] values() throws IOException {
      TextCursor.Labelled row = records.current();
      List<byte[]> values = new ArrayList<>(List.of(analysis.tokens(row.text())));
      int texts = row.others().size() - numbers.size();
      for (String text : row.others().subList(0, texts)) {
        values.add(analysis.tokens(text));
      }
      if (!numbers.isEmpty()) {
        values.add(numbers(row.others().subList(texts, row.others().size())));
      }
      return values.toArray(byte[][]::new);
    }

    private byte[] numbers(List<String> row) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * row.size());
      for (int i = 0; i < row.size(); i++) {
        try {
          bytes.putFloat(Numbers.parse(row.get(i)));
        } catch (BadRecordException e) {
          throw records.bad(
              "has " + e.getMessage() + " in column " + numbers.get(i),
              "correct it, or leave the column out of data.side.numbers",
              e);
        }
      }
      return bytes.array();
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
