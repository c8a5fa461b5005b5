package io.blockwise.data.source.folder;

import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.BadFileException;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.image.BadImageException;
import io.blockwise.data.source.image.ImageDecoder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * Some images of one class in one folder.
 *
 * @param folderName relative to the data, ends in {@code /}
 * @param names of the images, relative to the folder
 * @param first position of the first name in the folder
 * @param sides side images of these images; at most one folder of them
 */
record ImageFolderSlice(
    Path folder,
    String folderName,
    int folderNumber,
    List<String> names,
    int first,
    Split split,
    int label,
    ImageShape shape,
    List<SideFolder> sides)
    implements Slice {
  private static final int MOST_IMAGES = 256;

  @Override
  public int rows() {
    return names.size();
  }

  @Override
  public Reader open(Storage storage) {
    return new Images(storage);
  }

  /** The same in pieces, each small enough for a task. */
  List<Slice> cut() {
    List<Slice> pieces = new ArrayList<>();
    for (int from = 0; from < names.size(); from += MOST_IMAGES) {
      List<String> some = names.subList(from, Math.min(from + MOST_IMAGES, names.size()));
      pieces.add(
          new ImageFolderSlice(
              folder,
              folderName,
              folderNumber,
              List.copyOf(some),
              first + from,
              split,
              label,
              shape,
              sides.stream().map(side -> side.of(some)).toList()));
    }
    return pieces;
  }

  @Override
  public Slice without(Set<String> files) {
    List<String> left = names.stream().filter(name -> !files.contains(folderName + name)).toList();
    return new ImageFolderSlice(
        folder, folderName, folderNumber, left, first, split, label, shape, sides);
  }

  /**
   * The content of an image's file.
   *
   * @throws BadImageException if it cannot be opened, or is too large
   */
  static byte[] file(Storage storage, Path file) throws IOException {
    try {
      return storage.bytes(file);
    } catch (FileNotFoundException | AccessControlException e) {
      throw new BadImageException("cannot be opened", e); // all that Java says of permissions
    } catch (ArithmeticException e) {
      throw new BadImageException("is larger than 2 GiB", e);
    }
  }

  /** Of the image, and then of its side image if there are some. */
  private byte[][] pixels(Storage storage, String name) throws IOException {
    byte[][] values = new byte[1 + sides.size()][];
    values[0] = ImageDecoder.decode(file(storage, new Path(folder, name)), shape);
    for (int i = 0; i < sides.size(); i++) {
      values[1 + i] = sides.get(i).pixels(storage, name);
    }
    return values;
  }

  private final class Images implements Reader {
    private final Storage storage;
    private int next;

    Images(Storage storage) {
      this.storage = storage;
    }

    @Override
    public RawRow next() {
      String name = names.get(next);
      // The name is the identity, not the position, so a new image does not reorder the others.
      RawRow.Id id = new RawRow.Id(folderName + name, folderNumber, first + next);
      next++;
      return new RawRow(id, split, label, () -> read(name));
    }

    private byte[][] read(String name) throws IOException {
      try {
        return pixels(storage, name);
      } catch (BadImageException e) {
        throw new BadFileException(new BadFile(folderName + name, e.getMessage()), e);
      }
    }

    @Override
    public void close() {}
  }
}
