package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blockwise.base.FileNames;
import io.blockwise.base.IfAbsent;
import io.blockwise.base.UserException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a data set holds and what it was made from; the package page describes its file.
 *
 * <p>Always true: every field has its statistics, every split has one count per class. Immutable.
 *
 * @param formatVersion the lowest that has all this: {@link #version}
 * @param kind value of {@code data.kind}
 * @param classes names; a row's label is the index
 * @param fields what a row holds beside its label, by name in the order of the columns
 * @param seed value of {@code data.seed}
 * @param options keys and values that decide the content of the shards
 * @param raw the raw files
 * @param splits content by split
 * @param skipped images that were left out because they could not be read; not in the file if 0
 * @param relabelled rows of train whose label is not that of the raw data, because it was drawn
 *     anew; not in the file if 0
 * @param drawn rows of train whose label was drawn anew, be it their own again, and which their
 *     shards mark; not in the file if 0
 * @param files that lie beside the shards; not in the file if there are none
 * @param ancestors data sets that these rows were appended to, the nearest first, from which
 *     classes and statistics are; not in the file if there are none
 */
public record Manifest(
    int formatVersion,
    String kind,
    List<String> classes,
    Map<String, FieldKind> fields,
    long seed,
    Map<String, String> options,
    List<ListedFile> raw,
    Map<Split, SplitContent> splits,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @IfAbsent("0") long skipped,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @IfAbsent("0") long relabelled,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) @IfAbsent("0") long drawn,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @IfAbsent("[]") List<ListedFile> files,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @IfAbsent("[]") List<Ancestor> ancestors) {
  /** The newest version; those before are read as well. */
  static final int FORMAT_VERSION = 7;

  private static final int WITH_GAPS = 6;
  private static final int WITH_ANCESTORS = 5;
  private static final int WITH_SIDES = 4;
  private static final int MARKED = 3;
  private static final int UNMARKED = 2;

  /** Name of the file that makes a directory a data set. */
  public static final String FILE_NAME = "manifest.json";

  public Manifest {
    classes = List.copyOf(classes);
    // Not Map.copyOf, whose order changes from run to run and would show in the file.
    options = Collections.unmodifiableMap(new TreeMap<>(options));
    fields = new RowSchema(fields).fields();
    raw = List.copyOf(raw);
    splits = Collections.unmodifiableMap(ordered(splits));
    files = List.copyOf(files);
    ancestors = List.copyOf(ancestors);
    requireMeasured(fields);
    requireInput(fields);
    requireSides(formatVersion, fields);
    requireMarks(formatVersion, relabelled, drawn);
    requireLine(formatVersion, ancestors);
    files.forEach(file -> requireBeside(file.name()));
    for (Map.Entry<Split, SplitContent> split : splits.entrySet()) {
      requireSize("rows_per_class", split.getValue().rowsPerClass(), classes.size());
      requireNames(split.getKey(), split.getValue());
    }
  }

  /**
   * The version of a manifest: data sets without side fields stay readable for programs that do not
   * know of them, and so do those whose labels nobody drew for programs that do not know of the
   * marks, and those that were appended to none for programs that do not know of ancestors, and
   * those in which no number may be missing for programs that know of no such numbers, and those
   * whose rows all count alike for programs that know of no weights.
   *
   * @param fields of a row
   * @param drawn rows of train whose label was drawn anew
   * @param ancestors data sets that the rows were appended to
   */
  public static int version(Map<String, FieldKind> fields, long drawn, List<Ancestor> ancestors) {
    if (fields.values().stream().anyMatch(WeightKind.class::isInstance)) {
      return FORMAT_VERSION;
    }
    if (fields.values().stream().anyMatch(Manifest::hasGaps)) {
      return WITH_GAPS;
    }
    if (!ancestors.isEmpty()) {
      return WITH_ANCESTORS;
    }
    if (fields.size() > 1) {
      return WITH_SIDES;
    }
    return drawn > 0 ? MARKED : UNMARKED;
  }

  private static boolean hasGaps(FieldKind field) {
    return field instanceof NumbersKind numbers && numbers.missingAsMean();
  }

  /**
   * Content of one split.
   *
   * @throws UserException if the data set has no such split
   */
  public SplitContent split(Split split) {
    SplitContent content = splits.get(split);
    if (content == null) {
      throw UserException.cannot(
          "use split " + split,
          "the data set has only " + splits.keySet(),
          "prepare the data set again");
    }
    return content;
  }

  /** The share of the rows of train whose label is not that of the raw data. */
  public double flipRate() {
    return (double) relabelled / split(Split.TRAIN).rows();
  }

  /** What a row holds. */
  public RowSchema schema() {
    return new RowSchema(fields);
  }

  /** The content of its file. */
  public byte[] json() {
    return ManifestJson.write(this);
  }

  private static void requireSides(int formatVersion, Map<String, FieldKind> fields) {
    if (formatVersion < version(fields, 0, List.of())) {
      throw new IllegalArgumentException(
          "version " + formatVersion + " with fields " + fields.keySet());
    }
  }

  private static void requireMarks(int formatVersion, long relabelled, long drawn) {
    if (formatVersion < version(Map.of(), drawn, List.of()) || drawn > 0 && relabelled > drawn) {
      throw new IllegalArgumentException(
          "version " + formatVersion + " with " + relabelled + " of " + drawn + " labels changed");
    }
  }

  private static void requireLine(int formatVersion, List<Ancestor> ancestors) {
    if (formatVersion < version(Map.of(), 0, ancestors)) {
      throw new IllegalArgumentException("version " + formatVersion + " with " + ancestors);
    }
  }

  private static void requireMeasured(Map<String, FieldKind> fields) {
    fields.forEach(
        (name, kind) -> {
          if (!kind.measured()) {
            throw new IllegalArgumentException("field " + name + " has no statistics");
          }
        });
  }

  private static void requireInput(Map<String, FieldKind> fields) {
    if (fields.values().iterator().next() instanceof WeightKind) {
      throw new IllegalArgumentException("its first field is of weights, which no network reads");
    }
  }

  private static void requireBeside(String name) {
    if (!FileNames.isPlain(name) || name.equals(FILE_NAME)) {
      throw new IllegalArgumentException("it names a file " + name + ", which is none of its own");
    }
  }

  /** So that a manifest can name no file outside of its directory. */
  private static void requireNames(Split split, SplitContent content) {
    for (int number = 0; number < content.shards().size(); number++) {
      String file = content.shards().get(number).file();
      String expected = Shard.fileName(split, number);
      if (!file.equals(expected)) {
        throw new IllegalArgumentException("it names a file " + file + " instead of " + expected);
      }
    }
  }

  private static Map<Split, SplitContent> ordered(Map<Split, SplitContent> splits) {
    Map<Split, SplitContent> ordered = new EnumMap<>(Split.class);
    ordered.putAll(splits);
    return ordered;
  }

  private static void requireSize(String name, List<?> values, int size) {
    if (values.size() != size) {
      throw new IllegalArgumentException(name + " has " + values.size() + " values, not " + size);
    }
  }
}
