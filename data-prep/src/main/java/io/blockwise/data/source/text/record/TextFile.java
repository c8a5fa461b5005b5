package io.blockwise.data.source.text.record;

import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.RawPart;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * A table. Immutable.
 *
 * @param name relative to the data's folder
 * @param number among the files of the data
 */
public record TextFile(
    Path path, String name, int number, long length, Split split, FileFormat format)
    implements Serializable {
  private static final long PIECE = 16 << 20;

  /** The whole file in pieces, each small enough for a task. */
  public List<TextPiece> pieces() {
    List<TextPiece> pieces = new ArrayList<>();
    for (long start = 0; start < length; start += PIECE) {
      pieces.add(format.piece(this, start, Math.min(length, start + PIECE)));
    }
    return pieces;
  }

  /** For its checksum. */
  public RawPart part() {
    return new RawPart(name, length, path.getParent(), List.of(path.getName()));
  }
}
