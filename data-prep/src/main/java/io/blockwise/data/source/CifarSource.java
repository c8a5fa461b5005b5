package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Finds CIFAR's binary files. Goes by the length of the files, never by official counts. */
public final class CifarSource {
  private static final long SLICE_BYTES = 8 << 20;

  private final Storage storage;
  private final CifarLayout layout;
  private final Path folder;

  private CifarSource(Storage storage, CifarLayout layout, Path folder) {
    this.storage = storage;
    this.layout = layout;
    this.folder = folder;
  }

  /** Whether {@code path}, or the official folder in it, holds any file of the layout. */
  public static boolean isPresent(Storage storage, Path path, CifarLayout layout)
      throws IOException {
    return folder(storage, path, layout).isPresent();
  }

  /**
   * Describes the files in {@code path}, or in the official folder below it.
   *
   * @throws UserException if files are missing or have the wrong length
   */
  public static RawImages open(Storage storage, Path path, CifarLayout layout) throws IOException {
    Path folder = folder(storage, path, layout).orElse(path);
    return new CifarSource(storage, layout, folder).describe();
  }

  private static Optional<Path> folder(Storage storage, Path path, CifarLayout layout)
      throws IOException {
    for (Path candidate : List.of(path, new Path(path, layout.folder()))) {
      if (storage.isDirectory(candidate)
          && storage.list(candidate).stream()
              .map(status -> status.getPath().getName())
              .anyMatch(name -> layout.isTrainFile(name) || name.equals(layout.testFile()))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private RawImages describe() throws IOException {
    List<FileStatus> files = storage.isDirectory(folder) ? storage.list(folder) : List.of();
    requireAll(files);
    List<FileStatus> train =
        files.stream().filter(file -> layout.isTrainFile(file.getPath().getName())).toList();
    FileStatus test = named(files, layout.testFile());
    List<String> classes = classes(named(files, layout.namesFile()).getPath());
    List<FileStatus> all = new ArrayList<>(train);
    all.add(test);
    List<RawPart> parts = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    for (FileStatus file : all) {
      Split split = file.equals(test) ? Split.TEST : Split.TRAIN;
      String name = file.getPath().getName();
      parts.add(new RawPart(name, file.getLen(), folder, List.of(name)));
      addSlices(slices, file, all.indexOf(file), split);
    }
    return new RawImages(CifarLayout.SHAPE, classes, true, parts, slices);
  }

  private void requireAll(List<FileStatus> files) {
    Set<String> found =
        files.stream()
            .filter(file -> file.isFile() && file.getLen() > 0)
            .map(file -> file.getPath().getName())
            .collect(Collectors.toSet());
    List<String> missing =
        layout.required().stream().filter(name -> !found.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw missing(missing);
    }
  }

  private void addSlices(List<Slice> slices, FileStatus file, int number, Split split) {
    int record = layout.recordBytes();
    if (file.getLen() % record != 0) {
      throw UserException.cannot(
          "read " + file.getPath(),
          "its " + file.getLen() + " bytes are no multiple of a record's " + record,
          "the file is truncated or of another data set: get it again");
    }
    long records = file.getLen() / record;
    long step = SLICE_BYTES / record;
    for (long first = 0; first < records; first += step) {
      int rows = (int) Math.min(step, records - first);
      slices.add(new CifarSlice(layout, file.getPath(), number, split, first, rows));
    }
  }

  private List<String> classes(Path file) throws IOException {
    List<String> names =
        new String(storage.bytes(file), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (names.size() != layout.classes()) {
      throw UserException.cannot(
          "read " + file,
          "it has " + names.size() + " class names instead of " + layout.classes(),
          "get the file again");
    }
    return names;
  }

  private FileStatus named(List<FileStatus> files, String name) {
    return files.stream()
        .filter(file -> file.getPath().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> missing(List.of(name)));
  }

  private UserException missing(List<String> names) {
    return UserException.cannot(
        "read " + layout.kind() + " in " + folder,
        String.join(", ", names) + (names.size() == 1 ? " is" : " are") + " missing or empty",
        "put all files of the binary version there, or name a folder that has none of them and set"
            + " data.download = true");
  }
}
