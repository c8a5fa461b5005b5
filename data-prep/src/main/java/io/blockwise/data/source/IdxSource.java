package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Split;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.Path;

/** The four idx files of MNIST and its likes in a folder, plain or packed with gzip. */
public final class IdxSource implements Source {
  private static final int SLICE_BYTES = 8 << 20;
  private static final List<String> NAMES =
      List.of(
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte");

  private final Storage storage;
  private final Path folder;
  private final List<String> classes;

  /**
   * Looks for them in {@code folder}.
   *
   * @param classes names of the labels, first 0
   */
  public IdxSource(Storage storage, Path folder, List<String> classes) {
    this.storage = storage;
    this.folder = folder;
    this.classes = List.copyOf(classes);
  }

  @Override
  public boolean isPresent() throws IOException {
    for (String name : NAMES) {
      if (find(name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public RawRows open() throws IOException {
    List<RawPart> parts = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    IdxFile train = pair(0, Split.TRAIN, parts, slices);
    IdxFile test = pair(2, Split.TEST, parts, slices);
    List<Integer> size = train.sizes().subList(1, 3);
    if (!size.equals(test.sizes().subList(1, 3))) {
      throw UserException.cannot(
          "read " + folder,
          "images of train are " + size + " and of test " + test.sizes().subList(1, 3),
          "get the files of one data set");
    }
    ImageShape shape = new ImageShape(1, size.get(0), size.get(1));
    return RawRows.of(new ImageKind(shape, false), classes, parts, slices);
  }

  /** Describes the images of a split and their labels, and returns the former. */
  private IdxFile pair(int number, Split split, List<RawPart> parts, List<Slice> slices)
      throws IOException {
    IdxFile images = file(number, 3, parts);
    IdxFile labels = file(number + 1, 1, parts);
    if (images.items() != labels.items()) {
      throw UserException.cannot(
          "read " + images.path(),
          "it has " + images.items() + " images, its label file " + labels.items() + " labels",
          "get the files of one data set");
    }
    int step =
        images.packed() || labels.packed()
            ? images.items()
            : Math.max(1, SLICE_BYTES / images.itemBytes());
    for (int first = 0; first < images.items(); first += step) {
      int rows = Math.min(step, images.items() - first);
      slices.add(new Items(images, labels, number, split, classes.size(), first, rows));
    }
    return images;
  }

  private IdxFile file(int number, int dimensions, List<RawPart> parts) throws IOException {
    String name = NAMES.get(number);
    Path path = find(name).orElseThrow(() -> missing(name));
    parts.add(RawPart.of(path, storage.length(path)));
    return IdxFile.describe(storage, path, dimensions);
  }

  private Optional<Path> find(String name) throws IOException {
    for (Path path : List.of(new Path(folder, name), new Path(folder, name + ".gz"))) {
      if (storage.isFile(path)) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  private UserException missing(String name) {
    return UserException.cannot(
        "read " + folder,
        name + " is missing, plain or as .gz",
        "put " + String.join(", ", NAMES) + " there, or set data.download = true");
  }

  /** Consecutive images of a pair of files, from image {@code first} on. */
  private record Items(
      IdxFile images, IdxFile labels, int fileNumber, Split split, int classes, int first, int rows)
      implements Slice {
    @Override
    public Reader open(Storage storage) throws IOException {
      return new ItemReader(this, images.open(storage, first), labels.open(storage, first));
    }
  }

  private static final class ItemReader implements Slice.Reader {
    private final Items slice;
    private final DataInputStream images;
    private final DataInputStream labels;
    private int index;

    ItemReader(Items slice, DataInputStream images, DataInputStream labels) {
      this.slice = slice;
      this.images = images;
      this.labels = labels;
      this.index = slice.first;
    }

    @Override
    public RawRow next() throws IOException {
      byte[] image = read(slice.images, images);
      int label = read(slice.labels, labels)[0] & 0xFF;
      if (label >= slice.classes) {
        throw UserException.cannot(
            "read " + slice.labels.path(),
            "item " + index + " is " + label,
            "labels are from 0 to " + (slice.classes - 1) + ": get the file again");
      }
      // The name without .gz, so that packed and plain files give the same rows.
      RawRow.Id id = new RawRow.Id(NAMES.get(slice.fileNumber), slice.fileNumber, index++);
      return new RawRow(id, slice.split, label, () -> new byte[][] {image});
    }

    private byte[] read(IdxFile file, DataInputStream in) throws IOException {
      byte[] item = new byte[file.itemBytes()];
      try {
        in.readFully(item);
        if (file.packed() && index == file.items() - 1 && in.read() >= 0) {
          throw file.goesOn();
        }
        return item;
      } catch (EOFException e) {
        throw file.endsBefore(index);
      } catch (ZipException e) {
        throw file.damagedGzip(index);
      }
    }

    @Override
    public void close() throws IOException {
      images.close();
      labels.close();
    }
  }
}
