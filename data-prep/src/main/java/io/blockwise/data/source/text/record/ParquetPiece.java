package io.blockwise.data.source.text.record;

import io.blockwise.base.files.Storage;
import java.io.IOException;

/**
 * The row groups of a file of Parquet whose middle lies from byte {@code start} to before byte
 * {@code end}: each is in one piece. Immutable.
 */
record ParquetPiece(TextFile file, ParquetFormat format, long start, long end)
    implements TextPiece {
  @Override
  public TextCursor open(Storage storage) throws IOException {
    return ParquetRecords.open(storage, this);
  }
}
