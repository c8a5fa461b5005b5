package io.blockwise.data.glove;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Lines;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The lines of a file that begin from byte {@code start} to before byte {@code end}. Immutable. */
record GlovePiece(GloveFile file, long start, long end) implements Serializable {
  /**
   * What a piece has for a vocabulary, in the order of its lines; each id once. Not to be changed.
   */
  static final class Found implements Serializable { // no record: it may pass through Kryo
    private static final long serialVersionUID = 1;

    final int[] ids;
    final float[][] vectors;

    private Found(List<Integer> ids, List<float[]> vectors) {
      this.ids = ids.stream().mapToInt(Integer::intValue).toArray();
      this.vectors = vectors.toArray(float[][]::new);
    }
  }

  /**
   * The vectors of the words that are in a vocabulary, just as they are written; of a word that
   * comes twice the first. Of other lines the numbers are counted, and not read; empty lines are
   * passed over.
   *
   * @throws io.blockwise.base.UserException if a line cannot be used
   */
  Found in(Vocabulary vocabulary, Storage storage) throws IOException {
    BitSet seen = new BitSet();
    List<Integer> ids = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    try (Lines lines = new Lines(storage, file.path(), start, end)) {
      try {
        while (lines.advance()) {
          String text = lines.text().stripTrailing();
          if (!text.isEmpty() && (lines.offset() > 0 || !file.hasHeader())) {
            GloveLine line = GloveLine.of(text, file.dimension());
            int id = vocabulary.id(line.word());
            if (id != TokensKind.UNKNOWN && !seen.get(id)) {
              seen.set(id);
              ids.add(id);
              vectors.add(line.values());
            }
          }
        }
      } catch (BadRecordException e) {
        throw GloveFile.bad(file.path(), Lines.number(storage, file.path(), lines.offset()), e);
      }
    }
    return new Found(ids, vectors);
  }
}
