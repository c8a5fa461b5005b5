package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.RowSchema;
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
 * The user's own images: a folder per class with JPEG and PNG files. Above the classes there may be
 * {@code train}, {@code validation} (or {@code val}) and {@code test}; without {@code train}, every
 * image counts as train and the other splits are carved out of it.
 *
 * <p>Images lie in the class folder or at any depth below it. What is no image is passed over and
 * counted: files whose name begins with a dot, files of other types, what lies beside the class
 * folders. An image in a format that cannot be read is a bad file.
 */
public final class ImageFolderSource implements Source {
  private static final int SLICE_IMAGES = 256;

  private final Storage storage;
  private final Path path;
  private final ImageShape shape;

  /**
   * Looks for them in {@code path}.
   *
   * @param size side in pixels that images are resized to
   */
  public ImageFolderSource(Storage storage, Path path, int size) {
    this.storage = storage;
    this.path = path;
    this.shape = new ImageShape(3, size, size);
  }

  @Override
  public boolean isPresent() throws IOException {
    return storage.isDirectory(path);
  }

  @Override
  public boolean mayHaveBadFiles() {
    return true;
  }

  @Override
  public RawRows open() throws IOException {
    SortedMap<Split, Path> folders = splitFolders();
    FolderWalk walk = new FolderWalk(storage);
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
    List<RawPart> parts = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    for (SortedMap.Entry<Split, Path> entry : folders.entrySet()) {
      String prefix = entry.getValue().equals(path) ? "" : entry.getValue().getName() + "/";
      for (int label = 0; label < names.size(); label++) {
        Path folder = new Path(entry.getValue(), names.get(label));
        if (storage.isDirectory(folder)) {
          RawPart part = part(walk, prefix, folder);
          addSlices(slices, part, parts.size(), entry.getKey(), label);
          parts.add(part);
        }
      }
    }
    RowSchema schema = RowSchema.of(new ImageKind(shape, true));
    return new RawRows(schema, names, parts, slices, walk.passedOver(), walk.bad());
  }

  private SortedMap<Split, Path> splitFolders() throws IOException {
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

  private static RawPart part(FolderWalk walk, String prefix, Path folder) throws IOException {
    String name = prefix + folder.getName() + "/";
    SortedMap<String, Long> images = walk.images(folder, name);
    long bytes = images.values().stream().mapToLong(Long::longValue).sum();
    return new RawPart(name, bytes, folder, List.copyOf(images.keySet()));
  }

  private void addSlices(List<Slice> slices, RawPart part, int number, Split split, int label) {
    List<String> names = part.files();
    for (int first = 0; first < names.size(); first += SLICE_IMAGES) {
      List<String> some = names.subList(first, Math.min(first + SLICE_IMAGES, names.size()));
      slices.add(
          new ImageFolderSlice(
              part.folder(), part.name(), number, List.copyOf(some), first, split, label, shape));
    }
  }
}
