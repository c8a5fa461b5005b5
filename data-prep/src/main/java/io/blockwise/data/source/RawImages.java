package io.blockwise.data.source;

import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
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
 * A raw data set as found on storage. Immutable.
 *
 * @param shape of every image once read
 * @param classes names; a label is an index into them
 * @param flippable whether a mirrored image still shows its class
 * @param parts for the checksums
 * @param slices all rows, each once
 * @param passedOver how many files that are no images were left out, by what they are
 * @param bad files that should be images but cannot be read, as far as was looked; in no slice
 */
public record RawImages(
    ImageShape shape,
    List<String> classes,
    boolean flippable,
    List<RawPart> parts,
    List<Slice> slices,
    SortedMap<String, Integer> passedOver,
    List<BadFile> bad)
    implements Serializable {
  public RawImages {
    classes = List.copyOf(classes);
    parts = List.copyOf(parts);
    slices = List.copyOf(slices);
    passedOver = Collections.unmodifiableSortedMap(new TreeMap<>(passedOver));
    bad = List.copyOf(bad);
  }

  /** Raw data of which nothing is left out. */
  public RawImages(
      ImageShape shape,
      List<String> classes,
      boolean flippable,
      List<RawPart> parts,
      List<Slice> slices) {
    this(shape, classes, flippable, parts, slices, new TreeMap<>(), List.of());
  }

  /** What a row becomes in the data set. */
  public RowSchema schema() {
    return RowSchema.of(new ImageKind(shape, flippable));
  }

  /** All rows. */
  public long rows() {
    return slices.stream().mapToLong(Slice::rows).sum();
  }

  /** The same without the rows of some files, which are bad. */
  public RawImages without(List<BadFile> files) {
    Set<String> names = files.stream().map(BadFile::name).collect(Collectors.toSet());
    List<Slice> left =
        slices.stream().map(slice -> slice.without(names)).filter(s -> s.rows() > 0).toList();
    List<BadFile> all = Stream.concat(bad.stream(), files.stream()).toList();
    return new RawImages(shape, classes, flippable, parts, left, passedOver, all);
  }
}
