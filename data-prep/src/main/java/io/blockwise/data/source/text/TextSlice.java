package io.blockwise.data.source.text;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.WeightKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Columns;
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
 * @param cleanings by which texts become tokens, one per column of texts
 * @param columns that were read
 */
record TextSlice(
    TextPiece piece, int rows, Labels classes, List<Cleaning> cleanings, Columns columns)
    implements Slice {
  @Override
  public Reader open(Storage storage) throws IOException {
    return new Rows(piece.open(storage));
  }

  private final class Rows implements Reader {
    private final TextCursor records;
    private final List<TextAnalysis> analyses = cleanings.stream().map(TextAnalysis::new).toList();

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

    /** Of the row that the reader is at: its texts, all numbers as one, and its weight. */
    private byte[][] values() throws IOException {
      TextCursor.Labelled row = records.current();
      List<byte[]> values = new ArrayList<>();
      for (int i = 0; i < analyses.size(); i++) {
        values.add(analyses.get(i).tokens(row.texts().get(i)));
      }
      int numbers = columns.numbers().size();
      if (numbers > 0) {
        values.add(numbers(row.numbers().subList(0, numbers), 0));
      }
      if (columns.isWeighted()) {
        values.add(numbers(row.numbers().subList(numbers, numbers + 1), numbers));
      }
      return values.toArray(byte[][]::new);
    }

    /** Those from a position on. */
    private byte[] numbers(List<String> row, int from) throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * row.size());
      for (int i = 0; i < row.size(); i++) {
        try {
          bytes.putFloat(
              from + i < columns.numbers().size() ? number(row.get(i)) : weight(row.get(i)));
        } catch (BadRecordException e) {
          boolean missing = Numbers.isMissing(row.get(i));
          throw records.bad(
              "has " + e.getMessage() + " in column " + columns.numeric().get(from + i),
              "correct it" + columns.remedy(from + i, missing),
              e);
        }
      }
      return bytes.array();
    }

    private static float weight(String text) throws BadRecordException {
      float weight = Numbers.parse(text);
      if (!WeightKind.isWeight(weight)) {
        throw new BadRecordException(text.strip());
      }
      return weight;
    }

    /** NaN if it is missing and may be. */
    private float number(String text) throws BadRecordException {
      return columns.gaps() && Numbers.isMissing(text) ? Float.NaN : Numbers.parse(text);
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
