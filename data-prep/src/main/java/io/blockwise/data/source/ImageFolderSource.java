package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Split;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Finds the user's own images: a folder per class with JPEG and PNG files. Above the classes there
 * may be {@code train}, {@code validation} (or {@code val}) and {@code test}; without {@code
 * train}, every image counts as train and the other splits are carved out of it.
 *
 * <p>Images lie in the class folder or at any depth below it. What is no image is passed over and
 * counted: files whose name begins with a dot, files of other types, what lies beside the class
 * folders. An image in a format that cannot be read is a bad file.
 */
public final class ImageFolderSource {
  private static final int SLICE_IMAGES = 256;

  private final Storage storage;
  private final ImageShape shape;
  private final List<RawPart> parts = new ArrayList<>();
  private final List<Slice> slices = new ArrayList<>();
  private final FolderWalk walk;

  private ImageFolderSource(Storage storage, int size) {
    this.storage = storage;
    this.walk = new FolderWalk(storage);
    this.shape = new ImageShape(3, size, size);
  }

  /**
   * Describes the folder.
   *
   * @param size side in pixels that images are resized to
   * @throws UserException if there are no classes
   */
  public static RawImages open(Storage storage, Path path, int size) throws IOException {
    return new ImageFolderSource(storage, size).describe(path);
  }

  private RawImages describe(Path path) throws IOException {
    SortedMap<Split, Path> folders = splitFolders(path);
    SortedSet<String> classes = new TreeSet<>();
    for (Path folder : folders.values()) {
      walk.classes(folder).forEach(classes::add);
    }
    if (classes.size() < 2) {
      throw UserException.cannot(
          "read images in " + path,
          "it has " + classes.size() + " class folders",
          "put each class's images into a folder of its own, at least two");
    }
    List<String> names = List.copyOf(classes);
    for (SortedMap.Entry<Split, Path> entry : folders.entrySet()) {
      for (int label = 0; label < names.size(); label++) {
        Path folder = entry.getValue();
        String prefix = folder.equals(path) ? "" : folder.getName() + "/";
        addClass(prefix, entry.getKey(), new Path(folder, names.get(label)), label);
      }
    }
    return new RawImages(shape, names, true, parts, slices, walk.passedOver(), walk.bad());
  }

  private SortedMap<Split, Path> splitFolders(Path path) throws IOException {
    if (!storage.isDirectory(path)) {
      throw UserException.cannot(
          "read images in " + path, "it is no folder", "set data.path to a folder of classes");
    }
    SortedMap<Split, Path> folders = new TreeMap<>();
    Path train = new Path(path, "train");
    // A class may be called train too; only a folder of folders is a split.
    if (!storage.isDirectory(train)
        || storage.list(train).stream().noneMatch(FileStatus::isDirectory)) {
      folders.put(Split.TRAIN, path);
      return folders;
    }
    folders.put(Split.TRAIN, train);
    addIfPresent(folders, Split.VALIDATION, new Path(path, "val"));
    addIfPresent(folders, Split.VALIDATION, new Path(path, "validation"));
    addIfPresent(folders, Split.TEST, new Path(path, "test"));
    return folders;
  }

  private void addIfPresent(SortedMap<Split, Path> folders, Split split, Path folder)
      throws IOException {
    if (storage.isDirectory(folder) && folders.put(split, folder) != null) {
      throw UserException.cannot(
          "read images in " + folder.getParent(),
          "it has both val and validation",
          "keep one of them");
    }
  }

  private void addClass(String prefix, Split split, Path folder, int label) throws IOException {
    if (!storage.isDirectory(folder)) {
      return;
    }
    String name = prefix + folder.getName() + "/";
    SortedMap<String, Long> images = walk.images(folder, name);
    List<String> names = List.copyOf(images.keySet());
    long bytes = images.values().stream().mapToLong(Long::longValue).sum();
    int number = parts.size();
    parts.add(new RawPart(name, bytes, folder, names));
    for (int first = 0; first < names.size(); first += SLICE_IMAGES) {
      List<String> some = names.subList(first, Math.min(first + SLICE_IMAGES, names.size()));
      slices.add(
          new ImageFolderSlice(
              folder, name, number, List.copyOf(some), first, split, label, shape));
    }
  }
}
