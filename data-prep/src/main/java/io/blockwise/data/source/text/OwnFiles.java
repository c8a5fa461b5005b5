package io.blockwise.data.source.text;

import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.text.record.Columns;
import io.blockwise.data.source.text.record.FileFormat;
import io.blockwise.data.source.text.record.JsonFormat;
import io.blockwise.data.source.text.record.ParquetFormat;
import io.blockwise.data.source.text.record.TableFormat;
import io.blockwise.data.source.text.record.TableFormat.Syntax;
import io.blockwise.data.source.text.record.TextFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The user's own tables: {@code .csv}, {@code .tsv}, {@code .jsonl} (or {@code .json}, an object
 * per line) and {@code .parquet}. Below the folder that the user names, {@code train}, {@code
 * validation} (or {@code val} or {@code dev}) and {@code test} are files of that name, or folders
 * of files of any, in small letters or large. Splits that are not there are carved out of train;
 * where nothing is named like a split, every table in the folder counts as train. Other files are
 * passed over.
 */
final class OwnFiles implements TextFiles {
  private static final Map<String, Split> SPLITS =
      Map.of(
          "train", Split.TRAIN,
          "validation", Split.VALIDATION,
          "val", Split.VALIDATION,
          "dev", Split.VALIDATION,
          "test", Split.TEST);
  private static final List<String> TYPES = List.of("csv", "tsv", "jsonl", "json", "parquet");

  /** What may be meant for a split, though it is none, such as {@code test.csv.gz}. */
  private static final Pattern LIKE_A_SPLIT =
      Pattern.compile(
          "((?<train>train|training)|validation|valid|val|dev|test)([-_. ].*)?",
          Pattern.CASE_INSENSITIVE);

  private static final String LIKE_TRAIN = "train";

  private final Storage storage;
  private final Path path;
  private final Columns columns;
  private final TableColumns table;

  OwnFiles(Storage storage, Path path, Columns columns) {
    this.storage = storage;
    this.path = path;
    this.columns = columns;
    this.table = new TableColumns(storage, columns);
  }

  @Override
  public boolean isPresent() throws IOException {
    return storage.exists(path);
  }

  @Override
  public List<TextFile> files() throws IOException {
    List<TextFile> files = new ArrayList<>();
    if (storage.isDirectory(path)) {
      addFolder(files, storage.list(path));
    } else if (storage.isFile(path)) {
      addTable(files, storage.fileSystem(path).getFileStatus(path), "", Split.TRAIN);
    }
    if (files.isEmpty()) {
      throw UserException.cannot(
          action(),
          "it has no table with rows: no file that ends in ." + String.join(", .", TYPES),
          "set data.path to a folder with train.csv, or with tables of any names");
    }
    return files;
  }

  private String action() {
    return "read " + (columns.areOfNumbers() ? "numbers" : "text") + " in " + path;
  }

  private void addFolder(List<TextFile> files, List<FileStatus> entries) throws IOException {
    Map<Split, Path> places = new EnumMap<>(Split.class);
    for (FileStatus entry : entries) {
      Split split = split(entry);
      if (split != null) {
        places.put(split, entry.getPath());
        add(files, entry, split);
      }
    }
    Set<Split> filled = files.stream().map(TextFile::split).collect(Collectors.toSet());
    if (!filled.contains(Split.TRAIN)) {
      files.clear();
      for (FileStatus entry : entries) {
        addTable(files, entry, "", Split.TRAIN);
      }
      requireNoOtherSplit(files, entries);
    } else if (!filled.containsAll(places.keySet())) {
      places.keySet().removeAll(filled);
      Map.Entry<Split, Path> empty = places.entrySet().iterator().next();
      throw TextFiles.withoutRows(empty.getValue(), empty.getKey());
    }
  }

  /** Else rows that are meant for a test would be learned, or those of train be missing. */
  private void requireNoOtherSplit(List<TextFile> train, List<FileStatus> entries) {
    Set<String> read = train.stream().map(TextFile::name).collect(Collectors.toSet());
    List<String> alike =
        entries.stream()
            .map(entry -> LIKE_A_SPLIT.matcher(entry.getPath().getName()))
            .filter(Matcher::matches)
            .filter(name -> name.group(LIKE_TRAIN) == null || !read.contains(name.group()))
            .map(Matcher::group)
            .toList();
    if (!alike.isEmpty()) {
      throw UserException.cannot(
          action(),
          "it has "
              + Printable.of(String.join(", ", alike))
              + ", and none is a table train with rows",
          "name train's train.csv, or put its tables into a folder train; types are ."
              + String.join(", .", TYPES));
    }
  }

  /** The split that an entry is named after if it may be one; else null. */
  private static Split split(FileStatus entry) {
    String name = entry.getPath().getName();
    return entry.isDirectory() || TYPES.contains(type(name))
        ? SPLITS.get(stem(name).toLowerCase(Locale.ROOT))
        : null;
  }

  /** A table, or the tables in a folder. */
  private void add(List<TextFile> files, FileStatus entry, Split split) throws IOException {
    if (entry.isFile()) {
      addTable(files, entry, "", split);
      return;
    }
    for (FileStatus below : storage.list(entry.getPath())) {
      addTable(files, below, entry.getPath().getName() + "/", split);
    }
  }

  private void addTable(List<TextFile> files, FileStatus entry, String prefix, Split split)
      throws IOException {
    Path file = entry.getPath();
    String name = file.getName();
    boolean hidden = name.startsWith(".") || name.startsWith("_");
    if (entry.isFile() && !hidden && TYPES.contains(type(name)) && entry.getLen() > 0) {
      files.add(
          new TextFile(file, prefix + name, files.size(), entry.getLen(), split, format(file)));
    }
  }

  private FileFormat format(Path file) throws IOException {
    return switch (type(file.getName())) {
      case "csv" -> table.format(file, Syntax.CSV);
      case "tsv" -> table.format(file, Syntax.TSV);
      case "parquet" -> new ParquetFormat(columns);
      default -> new JsonFormat(columns);
    };
  }

  /** A line of names is a row to whoever gives columns by their numbers; it would be a class. */
  @Override
  public void check(Set<String> labels) throws IOException {
    Set<String> words =
        labels.stream().filter(label -> !Labels.isNumber(label)).collect(Collectors.toSet());
    if (!columns.areNumbered() || words.isEmpty() || words.size() == labels.size()) {
      return;
    }
    for (TextFile file : files()) {
      String first = file.split() == Split.TRAIN ? firstLabel(file) : "";
      if (words.remove(first) && words.isEmpty()) {
        throw UserException.cannot(
            "read " + file.path(),
            "line 1 has label " + first + ", and other rows of train have whole numbers",
            "if it names the columns, set "
                + columns.labelKey()
                + (columns.areOfNumbers() ? " and columns" : " and text-column")
                + " to their names");
      }
    }
  }

  /**
   * Names of the columns beside the label and the weight, or numbers from 1 if these have some, as
   * train's first file has them.
   *
   * @throws UserException if there are none, or the file does not tell them
   */
  List<String> otherColumns() throws IOException {
    TextFile file = first(files());
    List<String> names;
    if (file.format() instanceof TableFormat format) {
      names = table.columns(file.path(), format.syntax());
    } else if (file.format() instanceof ParquetFormat) {
      names = ParquetFormat.names(storage, file.path());
    } else {
      throw UserException.cannot(
          "read " + file.path(),
          "objects of JSON do not say which fields there are",
          "name those of the numbers: data.table.columns");
    }
    List<String> beside = names.stream().filter(name -> !columns.isLabelOrWeight(name)).toList();
    requireNames(file, beside);
    return beside;
  }

  private static TextFile first(List<TextFile> files) {
    return files.stream().filter(file -> file.split() == Split.TRAIN).findFirst().orElseThrow();
  }

  /** An index without a name, as some programs write it, is nothing to learn from. */
  private void requireNames(TextFile file, List<String> beside) {
    Set<String> different = new HashSet<>();
    for (String name : beside) {
      if (name.isBlank() || !different.add(name)) {
        throw UserException.cannot(
            "read " + file.path(),
            name.isBlank()
                ? "it has a column without a name"
                : "it has two columns " + Printable.of(name),
            "name the columns of the numbers: data.table.columns");
      }
    }
    if (beside.isEmpty()) {
      throw UserException.cannot(
          "read " + file.path(),
          "it has no column beside that of the labels"
              + (columns.isWeighted() ? " and that of the weights" : ""),
          "give a table with a column of numbers");
    }
  }

  private String firstLabel(TextFile file) throws IOException {
    return file.format() instanceof TableFormat format
        ? table.first(file.path(), format.syntax()).get(format.label())
        : "";
  }

  private static String stem(String name) {
    String type = type(name);
    return TYPES.contains(type) ? name.substring(0, name.length() - type.length() - 1) : name;
  }

  private static String type(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
