package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRow;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Slice;
import io.blockwise.data.source.Source;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Lines;
import io.blockwise.data.text.TextAnalysis;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * IMDB's reviews in the layout of their distribution: a text per file, in {@code train} and {@code
 * test}, each with folders {@code neg} and {@code pos}. Reviews without a class are left alone.
 */
public final class ReviewTreeSource implements Source {
  private static final String FOLDER = "aclImdb";
  private static final List<String> CLASSES = List.of("neg", "pos");
  private static final String TYPE = ".txt";
  private static final int MOST_FILES = 512;

  private final Storage storage;
  private final Path path;
  private final TokensKind texts;

  /**
   * Looks in {@code path}, or in {@code aclImdb} below it.
   *
   * @param texts what becomes of a text, as far as that is known
   */
  public ReviewTreeSource(Storage storage, Path path, TokensKind texts) {
    this.storage = storage;
    this.path = path;
    this.texts = texts;
  }

  @Override
  public boolean isPresent() throws IOException {
    return storage.isDirectory(new Path(folder(), Split.TRAIN.directory()));
  }

  private Path folder() throws IOException {
    Path official = new Path(path, FOLDER);
    return storage.isDirectory(official) ? official : path;
  }

  @Override
  public RawRows open() throws IOException {
    List<RawPart> parts = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    for (Split split : List.of(Split.TRAIN, Split.TEST)) {
      for (int label = 0; label < CLASSES.size(); label++) {
        String name = split.directory() + "/" + CLASSES.get(label) + "/";
        RawPart part = RawPart.of(name, new Path(folder(), name), reviews(name));
        for (int from = 0; from < part.files().size(); from += MOST_FILES) {
          int to = Math.min(from + MOST_FILES, part.files().size());
          List<String> files = List.copyOf(part.files().subList(from, to));
          slices.add(
              new Reviews(
                  part.folder(), name, parts.size(), files, from, split, label, texts.cleaning()));
        }
        parts.add(part);
      }
    }
    return new RawRows(RowSchema.of(texts), CLASSES, parts, slices, new TreeMap<>(), List.of());
  }

  private SortedMap<String, Long> reviews(String name) throws IOException {
    Path folder = new Path(folder(), name);
    SortedMap<String, Long> files = new TreeMap<>();
    if (storage.isDirectory(folder)) {
      for (FileStatus file : storage.list(folder)) {
        if (file.isFile() && file.getPath().getName().endsWith(TYPE)) {
          files.put(file.getPath().getName(), file.getLen());
        }
      }
    }
    if (files.isEmpty()) {
      throw UserException.cannot(
          "read imdb in " + folder(),
          name + " is missing or has no reviews",
          "set data.path to the folder aclImdb of the distribution, or to the one above");
    }
    return files;
  }

  /**
   * Some reviews of one class.
   *
   * @param folderName relative to the data, ends in {@code /}
   * @param first position of the first file in the folder
   */
  private record Reviews(
      Path folder,
      String folderName,
      int folderNumber,
      List<String> files,
      int first,
      Split split,
      int label,
      Cleaning cleaning)
      implements Slice {
    @Override
    public int rows() {
      return files.size();
    }

    @Override
    public Reader open(Storage storage) {
      return new Files(storage, this);
    }
  }

  private static final class Files implements Slice.Reader {
    private final Storage storage;
    private final Reviews slice;
    private final TextAnalysis analysis;
    private int next;

    Files(Storage storage, Reviews slice) {
      this.storage = storage;
      this.slice = slice;
      this.analysis = new TextAnalysis(slice.cleaning);
    }

    @Override
    public RawRow next() {
      String file = slice.files.get(next);
      // The name is the identity, so a new review does not reorder the others.
      RawRow.Id id = new RawRow.Id(slice.folderName + file, slice.folderNumber, slice.first + next);
      next++;
      return new RawRow(id, slice.split, slice.label, () -> new byte[][] {tokens(file)});
    }

    private byte[] tokens(String file) throws IOException {
      Path path = new Path(slice.folder, file);
      byte[] bytes = storage.bytes(path);
      try {
        return analysis.tokens(Lines.withoutMark(Lines.decoded(bytes, bytes.length)));
      } catch (BadRecordException e) {
        throw UserException.cannot(
            "read " + path, "it " + e.getMessage(), "convert it to UTF-8, or get it again", e);
      }
    }

    @Override
    public void close() {}
  }
}
