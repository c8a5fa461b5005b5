package io.blockwise.data.source.text.record;

import io.blockwise.base.files.Storage;
import java.io.IOException;

/** The lines of a file that begin from byte {@code start} to before byte {@code end}. Immutable. */
record LinesPiece(TextFile file, RecordFormat format, long start, long end) implements TextPiece {
  @Override
  public TextCursor open(Storage storage) throws IOException {
    return new Records(storage, this);
  }
}
