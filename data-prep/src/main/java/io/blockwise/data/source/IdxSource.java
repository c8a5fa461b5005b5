package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Split;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Finds the four idx files of MNIST and its likes, plain or packed with gzip. */
public final class IdxSource {
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
  private final List<RawPart> parts = new ArrayList<>();
  private final List<Slice> slices = new ArrayList<>();

  private IdxSource(Storage storage, Path folder, List<String> classes) {
    this.storage = storage;
    this.folder = folder;
    this.classes = List.copyOf(classes);
  }

  /** Whether all four files are in {@code folder}. */
  public static boolean isPresent(Storage storage, Path folder) throws IOException {
    for (String name : NAMES) {
      if (find(storage, folder, name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Describes the files.
   *
   * @param classes names of the labels, first 0
   * @throws UserException if files are missing, damaged, or do not fit each other
   */
  public static RawImages open(Storage storage, Path folder, List<String> classes)
      throws IOException {
    return new IdxSource(storage, folder, classes).describe();
  }

  private RawImages describe() throws IOException {
    IdxFile train = pair(0, Split.TRAIN);
    IdxFile test = pair(2, Split.TEST);
    List<Integer> size = train.sizes().subList(1, 3);
    if (!size.equals(test.sizes().subList(1, 3))) {
      throw UserException.cannot(
          "read " + folder,
          "images of train are " + size + " and of test " + test.sizes().subList(1, 3),
          "get the files of one data set");
    }
    ImageShape shape = new ImageShape(1, size.get(0), size.get(1));
    return new RawImages(shape, classes, false, parts, slices);
  }

  private IdxFile pair(int number, Split split) throws IOException {
    IdxFile images = file(number, 3);
    IdxFile labels = file(number + 1, 1);
    if (images.items() != labels.items()) {
      throw UserException.cannot(
          "read " + images.path(),
          "it has " + images.items() + " images, its label file " + labels.items() + " labels",
          "get the files of one data set");
    }
    int step = images.packed() || labels.packed() ? images.items() : step(images);
    for (int first = 0; first < images.items(); first += step) {
      int rows = Math.min(step, images.items() - first);
      slices.add(
          new IdxSlice(
              images, labels, NAMES.get(number), number, split, classes.size(), first, rows));
    }
    return images;
  }

  private static int step(IdxFile images) {
    return Math.max(1, SLICE_BYTES / images.itemBytes());
  }

  private IdxFile file(int number, int dimensions) throws IOException {
    Path path =
        find(storage, folder, NAMES.get(number)).orElseThrow(() -> missing(NAMES.get(number)));
    parts.add(new RawPart(path.getName(), storage.length(path), folder, List.of(path.getName())));
    return IdxFile.describe(storage, path, dimensions);
  }

  private static Optional<Path> find(Storage storage, Path folder, String name) throws IOException {
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
}
