package io.blockwise.data.source.folder;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.BadFile;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * TinyImageNet-200 in its official layout, in a folder or in {@code tiny-imagenet-200} below it.
 *
 * <pre>
 *   wnids.txt                  classes, one id per line: as many as are listed
 *   words.txt                  id, tab, names
 *   train/ID/images/*.JPEG     train
 *   val/val_annotations.txt    name, tab, id of its class, tab, and a box that is not used
 *   val/images/*.JPEG          test: the labels of the official test images are not published
 * </pre>
 *
 * <p>Validation is carved out of train. Images of {@code val} without an annotation are passed
 * over; one that is annotated and not there is a bad file.
 */
public final class TinyImageNetSource implements Source {
  private static final String FOLDER = "tiny-imagenet-200";
  private static final String TRAIN = "train";
  private static final String IMAGES = "images";
  private static final String VALIDATION = "val/images/";
  private static final String ANNOTATIONS = "val/val_annotations.txt";

  private final Storage storage;
  private final Path path;
  private final ImageShape shape;

  /**
   * Looks for it in {@code path}.
   *
   * @param size side in pixels that images are resized to
   */
  public TinyImageNetSource(Storage storage, Path path, int size) {
    this.storage = storage;
    this.path = path;
    this.shape = new ImageShape(3, size, size);
  }

  @Override
  public boolean isPresent() throws IOException {
    return folder().isPresent();
  }

  @Override
  public RawRows open() throws IOException {
    Path folder = folder().orElse(path);
    for (String needed : List.of(TinyImageNetClasses.IDS, TinyImageNetClasses.WORDS, ANNOTATIONS)) {
      if (!storage.isFile(new Path(folder, needed))) {
        throw missing(folder, needed);
      }
    }
    return new Opening(folder, TinyImageNetClasses.read(storage, folder)).rows();
  }

  private Optional<Path> folder() throws IOException {
    for (Path candidate : List.of(path, new Path(path, FOLDER))) {
      if (storage.isFile(new Path(candidate, TinyImageNetClasses.IDS))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static UserException missing(Path folder, String what) {
    return UserException.cannot(
        "read tiny-imagenet in " + folder,
        what + " is missing",
        "unpack all of tiny-imagenet-200.zip there, or name a folder without wnids.txt and set"
            + " data.download = true");
  }

  /** Collects what {@link RawRows} says. Used once. */
  private final class Opening {
    private final Path folder;
    private final TinyImageNetClasses classes;
    private final FolderWalk walk = new FolderWalk(storage);
    private final List<RawPart> parts = new ArrayList<>();
    private final List<Slice> slices = new ArrayList<>();

    Opening(Path folder, TinyImageNetClasses classes) {
      this.folder = folder;
      this.classes = classes;
    }

    RawRows rows() throws IOException {
      for (String name : List.of(TinyImageNetClasses.IDS, TinyImageNetClasses.WORDS, ANNOTATIONS)) {
        Path file = new Path(folder, name);
        parts.add(RawPart.of(file, storage.length(file)));
      }
      addTrain();
      List<BadFile> bad =
          new ArrayList<>(
              addTest(
                  TinyImageNetAnnotations.read(
                      storage, new Path(folder, ANNOTATIONS), classes.ids())));
      bad.addAll(walk.bad());
      RowSchema schema = RowSchema.of(new ImageKind(shape, true));
      return new RawRows(schema, classes.names(), parts, slices, walk.passedOver(), bad);
    }

    private void addTrain() throws IOException {
      Path train = new Path(folder, TRAIN);
      requireListed(storage.isDirectory(train) ? walk.classes(train) : List.of());
      for (int label = 0; label < classes.ids().size(); label++) {
        String name = TRAIN + "/" + classes.ids().get(label) + "/" + IMAGES;
        Path images = new Path(folder, name);
        if (!storage.isDirectory(images)) {
          throw missing(folder, name);
        }
        RawPart part = RawPart.of(name + "/", images, walk.images(images, name + "/"));
        add(part, part.files(), 0, Split.TRAIN, label);
        parts.add(part);
      }
    }

    private void requireListed(List<String> folders) {
      for (String name : folders) {
        if (!classes.ids().contains(name)) {
          throw UserException.cannot(
              "read tiny-imagenet in " + folder,
              "it has a folder train/" + name + ", which wnids.txt does not list",
              "add the class to wnids.txt, or move the folder away");
        }
      }
    }

    /** Returns the images that are annotated, but not there. */
    private List<BadFile> addTest(SortedMap<String, Integer> annotations) throws IOException {
      Path images = new Path(folder, VALIDATION);
      SortedMap<String, Long> found =
          storage.isDirectory(images) ? walk.images(images, VALIDATION) : new TreeMap<>();
      List<BadFile> missing =
          annotations.keySet().stream()
              .filter(name -> !found.containsKey(name))
              .map(name -> new BadFile(VALIDATION + name, "is annotated, but not there"))
              .toList();
      int all = found.size();
      found.keySet().retainAll(annotations.keySet());
      walk.passOver("without an annotation", all - found.size());
      RawPart part = RawPart.of(VALIDATION, images, found);
      int first = 0;
      for (int label = 0; label < classes.ids().size(); label++) {
        int wanted = label;
        List<String> ofClass =
            part.files().stream().filter(name -> annotations.get(name) == wanted).toList();
        add(part, ofClass, first, Split.TEST, label);
        first += ofClass.size();
      }
      parts.add(part);
      return missing;
    }

    private void add(RawPart part, List<String> names, int first, Split split, int label) {
      slices.addAll(
          new ImageFolderSlice(
                  part.folder(),
                  part.name(),
                  parts.size(),
                  names,
                  first,
                  split,
                  label,
                  shape,
                  List.of())
              .cut());
    }
  }
}
