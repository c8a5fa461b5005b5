package io.blockwise.data.source.folder;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final Storage storage;
  private final Path path;
  private final Optional<Path> sides;
  private final ImageShape shape;

  /**
   * Looks for them in {@code path}.
   *
   * @param sides a folder laid out likewise, which has a side image for every image
   * @param size side in pixels that images are resized to
   */
  public ImageFolderSource(Storage storage, Path path, Optional<Path> sides, int size) {
    this.storage = storage;
    this.path = path;
    this.sides = sides;
    this.shape = new ImageShape(3, size, size);
  }

  /** A folder of images of one class in one split. */
  private record Folder(RawPart part, Split split, int label) {}

  @Override
  public boolean isPresent() throws IOException {
    return storage.isDirectory(path) && (sides.isEmpty() || storage.isDirectory(sides.get()));
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
    List<Folder> found = classFolders(folders, names, walk);
    return sides.isEmpty() ? rows(names, found, walk) : pairs(names, found, walk);
  }

  private List<Folder> classFolders(
      SortedMap<Split, Path> splits, List<String> classes, FolderWalk walk) throws IOException {
    List<Folder> found = new ArrayList<>();
    for (SortedMap.Entry<Split, Path> entry : splits.entrySet()) {
      String prefix = entry.getValue().equals(path) ? "" : entry.getValue().getName() + "/";
      for (int label = 0; label < classes.size(); label++) {
        Path folder = new Path(entry.getValue(), classes.get(label));
        if (storage.isDirectory(folder)) {
          found.add(new Folder(part(walk, prefix, folder), entry.getKey(), label));
        }
      }
    }
    return found;
  }

  private RawRows rows(List<String> classes, List<Folder> folders, FolderWalk walk) {
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      slices.addAll(slice(i, folders.get(i), List.of()).cut());
    }
    return rows(RowSchema.of(new ImageKind(shape, true)), classes, parts(folders), slices, walk);
  }

  /** Rows of an image and its side image each. */
  private RawRows pairs(List<String> classes, List<Folder> folders, FolderWalk walk)
      throws IOException {
    List<RawPart> parts = parts(folders);
    SideImages images = new SideImages(storage, sides.orElseThrow(), parts);
    ImageShape sideShape = images.shape(shape.width());
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      SideFolder side = images.of(folders.get(i).part(), sideShape);
      slices.addAll(slice(i, folders.get(i), List.of(side)).cut());
    }
    parts.addAll(images.parts());
    walk.passOver("side images without a main one", images.unused());
    RowSchema schema =
        RowSchema.of(new ImageKind(shape, true))
            .with(Map.of(SideOptions.IMAGES, new ImageKind(sideShape, true)));
    return rows(schema, classes, parts, slices, walk);
  }

  private ImageFolderSlice slice(int number, Folder folder, List<SideFolder> side) {
    RawPart part = folder.part();
    return new ImageFolderSlice(
        part.folder(),
        part.name(),
        number,
        part.files(),
        0,
        folder.split(),
        folder.label(),
        shape,
        side);
  }

  private static List<RawPart> parts(List<Folder> folders) {
    return new ArrayList<>(folders.stream().map(Folder::part).toList());
  }

  private static RawRows rows(
      RowSchema schema,
      List<String> classes,
      List<RawPart> parts,
      List<Slice> slices,
      FolderWalk walk) {
    return new RawRows(schema, classes, parts, slices, walk.passedOver(), walk.bad());
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
    return RawPart.of(name, folder, walk.images(folder, name));
  }
}
