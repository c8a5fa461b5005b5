package io.blockwise.data.source.folder;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.source.BadFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Looks for images in folders and counts what is none. Used by one thread. */
final class FolderWalk {
  private static final int MOST_DEPTH = 32;
  private static final Set<String> READ = Set.of("jpg", "jpeg", "jpe", "jfif", "png");
  private static final Set<String> IMAGES =
      Set.of(
          "apng", "avif", "bmp", "cr2", "dng", "gif", "heic", "heif", "ico", "j2k", "jp2", "jxl",
          "nef", "pbm", "pgm", "pnm", "ppm", "psd", "svg", "tga", "tif", "tiff", "webp");

  /** Of file managers and packers: they hold copies, or nothing. */
  private static final Set<String> FOREIGN = Set.of("__MACOSX", "@eaDir", "lost+found");

  private final Storage storage;
  private final SortedMap<String, Integer> passedOver = new TreeMap<>();
  private final List<BadFile> bad = new ArrayList<>();

  FolderWalk(Storage storage) {
    this.storage = storage;
  }

  /** Names of the folders in a folder; whatever else lies there is counted. */
  List<String> classes(Path folder) throws IOException {
    List<String> classes = new ArrayList<>();
    for (FileStatus entry : storage.list(folder)) {
      if (isPassedOver(entry)) {
        continue;
      }
      if (entry.isDirectory()) {
        classes.add(entry.getPath().getName());
      } else {
        count("beside the class folders");
      }
    }
    return classes;
  }

  /**
   * Images in a class folder and below, with their lengths, by their names relative to it.
   *
   * @param prefix of the folder in the names of bad files, ends in {@code /}
   */
  SortedMap<String, Long> images(Path folder, String prefix) throws IOException {
    SortedMap<String, Long> images = new TreeMap<>();
    collect(folder, prefix, "", 0, images);
    return images;
  }

  /** How many files were passed over, by what they are. */
  SortedMap<String, Integer> passedOver() {
    return passedOver;
  }

  /** Counts files that only others know to be none of the data. */
  void passOver(String what, int files) {
    if (files > 0) {
      passedOver.merge(what, files, Integer::sum);
    }
  }

  /** Images in formats that cannot be read. */
  List<BadFile> bad() {
    return bad;
  }

  private void collect(
      Path folder, String prefix, String below, int depth, SortedMap<String, Long> images)
      throws IOException {
    if (depth > MOST_DEPTH) {
      throw UserException.cannot(
          "read images in " + folder,
          "it lies more than " + MOST_DEPTH + " folders below its class",
          "look for a link to a folder above");
    }
    for (FileStatus entry : storage.list(folder)) {
      String name = below + entry.getPath().getName();
      if (isPassedOver(entry)) {
        continue;
      }
      if (entry.isDirectory()) {
        collect(entry.getPath(), prefix, name + "/", depth + 1, images);
      } else {
        sort(prefix, name, entry.getLen(), images);
      }
    }
  }

  private void sort(String prefix, String name, long bytes, SortedMap<String, Long> images) {
    String type = type(name);
    if (READ.contains(type)) {
      images.put(name, bytes);
    } else if (IMAGES.contains(type)) {
      bad.add(new BadFile(prefix + name, "is neither JPEG nor PNG"));
    } else {
      count(type.isEmpty() ? "without a type" : "of type ." + type);
    }
  }

  private boolean isPassedOver(FileStatus entry) {
    String name = entry.getPath().getName();
    if (name.startsWith(".")) {
      count("hidden");
      return true;
    }
    if (entry.isDirectory() && FOREIGN.contains(name)) {
      count("folder " + name);
      return true;
    }
    return false;
  }

  private static String type(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    int dot = file.lastIndexOf('.');
    return dot < 0 ? "" : file.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private void count(String what) {
    passOver(what, 1);
  }
}
