package io.blockwise.data.source;

import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.storage.Storage;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Some images of one class folder.
 *
 * @param folderName relative to the data, ends in {@code /}
 * @param names of the images
 * @param first position of the first name in the folder
 */
record ImageFolderSlice(
    Path folder,
    String folderName,
    int folderNumber,
    List<String> names,
    int first,
    Split split,
    int label,
    ImageShape shape)
    implements Slice {
  @Override
  public int rows() {
    return names.size();
  }

  @Override
  public RowReader open(Storage storage) {
    return new Reader(storage);
  }

  private final class Reader implements RowReader {
    private final Storage storage;
    private int next;

    Reader(Storage storage) {
      this.storage = storage;
    }

    @Override
    public RawRow next() {
      String name = names.get(next);
      Path file = new Path(folder, name);
      // The name is the identity, not the position, so a new image does not reorder the others.
      RowId id = new RowId(folderName + name, folderNumber, first + next);
      next++;
      return new RawRow(id, split, label, () -> pixels(file));
    }

    private byte[] pixels(Path file) throws IOException {
      return ImageDecoder.decode(storage.bytes(file), file.toString(), shape);
    }

    @Override
    public void close() {}
  }
}
