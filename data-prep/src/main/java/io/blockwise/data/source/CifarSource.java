package io.blockwise.data.source;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.Split;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * CIFAR's binary files in a folder, or in the official folder below it. Goes by the length of the
 * files, never by official counts.
 */
public final class CifarSource implements Source {
  private static final long SLICE_BYTES = 8 << 20;
  private static final int BUFFER = 1 << 16;

  private final Storage storage;
  private final Path path;
  private final CifarLayout layout;

  public CifarSource(Storage storage, Path path, CifarLayout layout) {
    this.storage = storage;
    this.path = path;
    this.layout = layout;
  }

  @Override
  public boolean isPresent() throws IOException {
    return folder().isPresent();
  }

  @Override
  public RawRows open() throws IOException {
    Path folder = folder().orElse(path);
    List<FileStatus> found = storage.isDirectory(folder) ? storage.list(folder) : List.of();
    requireAll(folder, found);
    List<FileStatus> files =
        new ArrayList<>(found.stream().filter(file -> layout.isTrainFile(name(file))).toList());
    files.addAll(found.stream().filter(file -> name(file).equals(layout.testFile())).toList());
    List<Slice> slices = new ArrayList<>();
    for (FileStatus file : files) {
      addSlices(slices, file, files.indexOf(file));
    }
    return RawRows.of(
        new ImageKind(CifarLayout.SHAPE, true),
        classes(new Path(folder, layout.namesFile())),
        files.stream().map(file -> RawPart.of(file.getPath(), file.getLen())).toList(),
        slices);
  }

  private Optional<Path> folder() throws IOException {
    for (Path candidate : List.of(path, new Path(path, layout.folder))) {
      if (storage.isDirectory(candidate)
          && storage.list(candidate).stream()
              .map(CifarSource::name)
              .anyMatch(name -> layout.isTrainFile(name) || name.equals(layout.testFile()))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private void requireAll(Path folder, List<FileStatus> files) {
    Set<String> found =
        files.stream()
            .filter(file -> file.isFile() && file.getLen() > 0)
            .map(CifarSource::name)
            .collect(Collectors.toSet());
    List<String> missing =
        layout.required().stream().filter(name -> !found.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw UserException.cannot(
          "read " + layout + " in " + folder,
          String.join(", ", missing) + (missing.size() == 1 ? " is" : " are") + " missing or empty",
          "put all files of the binary version there, or name a folder that has none of them and"
              + " set data.download = true");
    }
  }

  private void addSlices(List<Slice> slices, FileStatus file, int number) {
    int record = layout.recordBytes();
    if (file.getLen() % record != 0) {
      throw UserException.cannot(
          "read " + file.getPath(),
          "its " + file.getLen() + " bytes are no multiple of a record's " + record,
          "the file is truncated or of another data set: get it again");
    }
    Split split = name(file).equals(layout.testFile()) ? Split.TEST : Split.TRAIN;
    long records = file.getLen() / record;
    long step = SLICE_BYTES / record;
    for (long first = 0; first < records; first += step) {
      int rows = (int) Math.min(step, records - first);
      slices.add(new Records(layout, file.getPath(), number, split, first, rows));
    }
  }

  private List<String> classes(Path file) throws IOException {
    List<String> names =
        new String(storage.bytes(file), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (names.size() != layout.classes) {
      throw UserException.cannot(
          "read " + file,
          "it has " + names.size() + " class names instead of " + layout.classes,
          "get the file again");
    }
    return names;
  }

  private static String name(FileStatus file) {
    return file.getPath().getName();
  }

  /** Consecutive records of one file, from record {@code first} on. */
  private record Records(
      CifarLayout layout, Path file, int fileNumber, Split split, long first, int rows)
      implements Slice {
    @Override
    public Reader open(Storage storage) throws IOException {
      FSDataInputStream in = storage.open(file);
      in.seek(first * layout.recordBytes());
      return new RecordReader(this, new DataInputStream(new BufferedInputStream(in, BUFFER)));
    }
  }

  private static final class RecordReader implements Slice.Reader {
    private final Records slice;
    private final DataInputStream in;
    private final byte[] record;
    private long index;

    RecordReader(Records slice, DataInputStream in) {
      this.slice = slice;
      this.in = in;
      this.record = new byte[slice.layout.recordBytes()];
      this.index = slice.first;
    }

    @Override
    public RawRow next() throws IOException {
      try {
        in.readFully(record);
      } catch (EOFException e) {
        throw UserException.cannot(
            "read " + slice.file, "it ends in record " + index, "get it again", e);
      }
      int label = record[slice.layout.labelBytes - 1] & 0xFF;
      if (label >= slice.layout.classes) {
        throw UserException.cannot(
            "read " + slice.file,
            "record " + index + " has label " + label,
            "labels are from 0 to " + (slice.layout.classes - 1) + ": get it again");
      }
      RawRow.Id id = new RawRow.Id(slice.file.getName(), slice.fileNumber, index++);
      return new RawRow(id, slice.split, label, this::pixels);
    }

    private byte[][] pixels() {
      return new byte[][] {Arrays.copyOfRange(record, slice.layout.labelBytes, record.length)};
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
