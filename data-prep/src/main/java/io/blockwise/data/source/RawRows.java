package io.blockwise.data.source;

import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.RowSchema;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows of raw data as found on storage: each a label and named fields. Immutable.
 *
 * @param schema what a row is, without what only all rows of train tell
 * @param classes names; a label is an index into them
 * @param parts for the checksums
 * @param slices all rows, each once
 * @param passedOver how many files that hold no row were left out, by what they are
 * @param bad files that should hold a row but cannot be read, as far as was looked; in no slice
 */
public record RawRows(
    RowSchema schema,
    List<String> classes,
    List<RawPart> parts,
    List<Slice> slices,
    SortedMap<String, Integer> passedOver,
    List<BadFile> bad)
    implements Serializable {
  public RawRows {
    classes = List.copyOf(classes);
    parts = List.copyOf(parts);
    slices = List.copyOf(slices);
    passedOver = Collections.unmodifiableSortedMap(new TreeMap<>(passedOver));
    bad = List.copyOf(bad);
  }

  /** Images of which nothing is left out. */
  static RawRows of(
      ImageKind images, List<String> classes, List<RawPart> parts, List<Slice> slices) {
    return new RawRows(RowSchema.of(images), classes, parts, slices, new TreeMap<>(), List.of());
  }

  /** How many. */
  public long count() {
    return slices.stream().mapToLong(Slice::rows).sum();
  }

  /** The same with one more part, which holds no rows. */
  public RawRows and(RawPart part) {
    List<RawPart> all = Stream.concat(parts.stream(), Stream.of(part)).toList();
    return new RawRows(schema, classes, all, slices, passedOver, bad);
  }

  /**
   * The same with labels that are indices into other names.
   *
   * @param names all of {@link #classes} and possibly more
   */
  public RawRows inClasses(List<String> names) {
    if (names.equals(classes)) {
      return this;
    }
    List<Integer> labels = classes.stream().map(names::indexOf).toList();
    List<Slice> other =
        slices.stream().map(slice -> (Slice) new RelabelledSlice(slice, labels)).toList();
    return new RawRows(schema, names, parts, other, passedOver, bad);
  }

  /** The same without the rows of some files, which are bad. */
  public RawRows without(List<BadFile> files) {
    Set<String> names = files.stream().map(BadFile::name).collect(Collectors.toSet());
    List<Slice> left =
        slices.stream().map(slice -> slice.without(names)).filter(s -> s.rows() > 0).toList();
    List<BadFile> all = Stream.concat(bad.stream(), files.stream()).toList();
    return new RawRows(schema, classes, parts, left, passedOver, all);
  }
}
