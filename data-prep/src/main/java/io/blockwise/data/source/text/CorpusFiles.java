package io.blockwise.data.source.text;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.text.record.BadRecordException;
import io.blockwise.data.source.text.record.Lines;
import io.blockwise.data.source.text.record.TextFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * The files of a published corpus in a folder, or in the official folder below it.
 *
 * <p>SST-2 has a validation split, {@code dev.tsv}. Where {@code test.tsv} is missing, or is
 * GLUE's, which has no classes, dev is the test split and validation is carved out of train.
 */
final class CorpusFiles implements TextFiles {
  private static final String TRAIN = "train";
  private static final String TEST = "test";
  private static final String DEV = "dev";
  private static final String CLASSES = "classes.txt";
  private static final String WITHOUT_CLASSES = "index\t";

  private final Storage storage;
  private final Path path;
  private final TextCorpus corpus;

  CorpusFiles(Storage storage, Path path, TextCorpus corpus) {
    this.storage = storage;
    this.path = path;
    this.corpus = corpus;
  }

  @Override
  public boolean isPresent() throws IOException {
    return !folders().isEmpty();
  }

  @Override
  public List<TextFile> files() throws IOException {
    Path folder = folder();
    List<TextFile> files = new ArrayList<>();
    for (Map.Entry<Split, String> entry : names(folder).entrySet()) {
      Path file = new Path(folder, entry.getValue());
      if (!storage.isFile(file) || storage.length(file) == 0) {
        throw UserException.cannot(
            "read " + corpus + " in " + folder,
            entry.getValue() + " is missing or empty",
            "put all files of the distribution there, or name their folder: data.path");
      }
      files.add(
          new TextFile(
              file,
              entry.getValue(),
              files.size(),
              storage.length(file),
              entry.getKey(),
              corpus.format()));
    }
    return files;
  }

  @Override
  public List<String> classes() throws IOException {
    Path file = new Path(folder(), CLASSES);
    if (!storage.isFile(file)) {
      return List.of();
    }
    List<String> names =
        text(file).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (names.size() < 2) {
      throw UserException.cannot(
          "read " + file,
          names.isEmpty() ? "it names no class" : "it names one class only",
          "a classifier needs two, one in every line: get it again");
    }
    return names;
  }

  @Override
  public List<RawPart> beside() throws IOException {
    Path file = new Path(folder(), CLASSES);
    return storage.isFile(file) ? List.of(RawPart.of(file, storage.length(file))) : List.of();
  }

  private String text(Path file) throws IOException {
    byte[] bytes = storage.bytes(file);
    try {
      return Lines.withoutMark(Lines.decoded(bytes, bytes.length));
    } catch (BadRecordException e) {
      throw UserException.cannot(
          "read " + file, "it " + e.getMessage(), "convert it to UTF-8, or get it again", e);
    }
  }

  private Map<Split, String> names(Path folder) throws IOException {
    Map<Split, String> names = new TreeMap<>();
    names.put(Split.TRAIN, file(TRAIN));
    if (corpus != TextCorpus.SST2) {
      names.put(Split.TEST, file(TEST));
    } else if (hasTest(folder)) {
      names.put(Split.VALIDATION, file(DEV));
      names.put(Split.TEST, file(TEST));
    } else {
      names.put(Split.TEST, file(DEV));
    }
    return names;
  }

  private boolean hasTest(Path folder) throws IOException {
    Path file = new Path(folder, file(TEST));
    return storage.isFile(file) && !Lines.first(storage, file).startsWith(WITHOUT_CLASSES);
  }

  private String file(String name) {
    return name + "." + corpus.format().syntax().extension();
  }

  private Path folder() throws IOException {
    List<Path> found = folders();
    if (found.size() > 1) {
      throw UserException.cannot(
          "read " + corpus + " in " + path,
          "it has " + found.get(0).getName() + " and " + found.get(1).getName(),
          "name one of them: data.path");
    }
    return found.isEmpty() ? path : found.get(0);
  }

  /** Those that hold a train file. */
  private List<Path> folders() throws IOException {
    List<Path> candidates = new ArrayList<>(List.of(path));
    corpus.folders().forEach(name -> candidates.add(new Path(path, name)));
    List<Path> found = new ArrayList<>();
    for (Path candidate : candidates) {
      if (storage.isFile(new Path(candidate, file(TRAIN)))) {
        found.add(candidate);
      }
    }
    return found;
  }
}
