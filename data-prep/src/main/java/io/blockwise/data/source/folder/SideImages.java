package io.blockwise.data.source.folder;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.image.BadImageException;
import io.blockwise.data.source.image.ImageDecoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Finds the side image of every image: in a second tree of folders, under the same relative name,
 * whose type may be another. Used by one thread.
 */
final class SideImages {
  /** Before the names of side folders in manifests. */
  private static final String PREFIX = "images/";

  private final Storage storage;
  private final Path root;
  private final SortedMap<String, Long> all;
  private final Map<String, List<String>> byStem = new HashMap<>();
  private final Map<String, Map<String, String>> found = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * Looks at all of them.
   *
   * @param parts folders of the images
   * @throws UserException if there is no folder, an image has no side image, or it is not clear
   *     which
   */
  SideImages(Storage storage, Path root, List<RawPart> parts) throws IOException {
    this.storage = storage;
    this.root = root;
    if (!storage.isDirectory(root)) {
      throw refused("it is no folder", "set data.side.images to a folder laid out as data.path");
    }
    all = new FolderWalk(storage).images(root, "");
    all.keySet()
        .forEach(name -> byStem.computeIfAbsent(stem(name), s -> new ArrayList<>()).add(name));
    for (RawPart part : parts) {
      find(part);
    }
    if (!missing.isEmpty()) {
      int images = parts.stream().mapToInt(part -> part.files().size()).sum();
      throw refused(
          missing.size()
              + " of "
              + images
              + " images have no side image there, the first of them "
              + Printable.of(missing.get(0)),
          "add a JPEG or PNG of the same name, or move those images away");
    }
  }

  private void find(RawPart part) {
    Map<String, String> sides = new TreeMap<>();
    for (String name : part.files()) {
      String image = part.name() + name;
      String side = side(image);
      if (side == null) {
        missing.add(image);
      } else {
        sides.put(name, side.substring(part.name().length()));
      }
    }
    found.put(part.name(), sides);
  }

  /** Null if there is none. */
  private String side(String image) {
    List<String> alike = byStem.getOrDefault(stem(image), List.of());
    if (alike.isEmpty()) {
      return null;
    }
    if (alike.size() > 1 && !alike.contains(image)) {
      throw refused(
          "it has " + Printable.of(String.join(" and ", alike)) + ", either for " + image,
          "keep one of them");
    }
    String side = alike.contains(image) ? image : alike.get(0);
    if (!taken.add(side)) {
      throw refused(
          Printable.of(side) + " has the name of two images, one of them " + Printable.of(image),
          "give every image a name of its own");
    }
    return side;
  }

  /** Side images that no image has. */
  int unused() {
    return all.size() - taken.size();
  }

  /** Folders of side images, for their checksums. */
  List<RawPart> parts() {
    List<RawPart> parts = new ArrayList<>();
    found.forEach(
        (folder, sides) -> {
          SortedMap<String, Long> files = new TreeMap<>();
          sides.values().forEach(side -> files.put(side, all.get(folder + side)));
          parts.add(RawPart.of(PREFIX + folder, new Path(root, folder), files));
        });
    return parts;
  }

  /**
   * Shape of all side images: of one channel if the first that can be read is grey, else of three.
   *
   * @param size side in pixels
   * @throws UserException if none can be read
   */
  ImageShape shape(int size) throws IOException {
    String fault = "there are none";
    for (Map.Entry<String, Map<String, String>> folder : found.entrySet()) {
      for (String side : folder.getValue().values()) {
        Path file = new Path(root, folder.getKey() + side);
        try {
          int channels = ImageDecoder.channels(ImageFolderSlice.file(storage, file));
          return new ImageShape(channels, size, size);
        } catch (BadImageException e) {
          fault = "none can be read, the last of them " + e.getMessage();
        }
      }
    }
    throw refused(fault, "give every image a JPEG or PNG of the same name");
  }

  /** The side images of the images in a folder of that name. */
  SideFolder of(RawPart part, ImageShape shape) {
    return new SideFolder(new Path(root, part.name()), found.get(part.name()), shape);
  }

  private UserException refused(String fact, String remedy) {
    return UserException.cannot("read side images in " + root, fact, remedy);
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') ? name.substring(0, dot) : name;
  }
}
