package io.blockwise.data.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blockwise.base.UserException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a data set holds and what it was made from; the package page describes its file.
 *
 * <p>Always true: mean and standard deviation have one value per channel, every split has one count
 * per class. Immutable.
 *
 * @param formatVersion {@link #FORMAT_VERSION}
 * @param kind value of {@code data.kind}
 * @param classes names; a row's label is the index
 * @param shape of every image
 * @param flippable whether a mirrored image still shows its class (false for digits and clothes)
 * @param seed value of {@code data.seed}
 * @param options keys and values that decide the content of the shards
 * @param mean per channel, over all pixels of train, on the scale 0..1
 * @param standardDeviation likewise: of the population of all pixels (divided by their number),
 *     from exact integer sums
 * @param raw the raw files
 * @param splits content by split
 * @param skipped images that were left out because they could not be read; not in the file if 0
 */
public record Manifest(
    int formatVersion,
    String kind,
    List<String> classes,
    ImageShape shape,
    boolean flippable,
    long seed,
    Map<String, String> options,
    List<Double> mean,
    List<Double> standardDeviation,
    List<RawFile> raw,
    Map<Split, SplitContent> splits,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) long skipped) {
  /** The version that this code writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /** Name of the file that makes a directory a data set. */
  public static final String FILE_NAME = "manifest.json";

  public Manifest {
    classes = List.copyOf(classes);
    // Not Map.copyOf, whose order changes from run to run and would show in the file.
    options = Collections.unmodifiableMap(new TreeMap<>(options));
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
    raw = List.copyOf(raw);
    splits = Collections.unmodifiableMap(ordered(splits));
    requireSize("mean", mean, shape.channels());
    requireSize("standard_deviation", standardDeviation, shape.channels());
    for (Map.Entry<Split, SplitContent> split : splits.entrySet()) {
      requireSize("rows_per_class", split.getValue().rowsPerClass(), classes.size());
      requireNames(split.getKey(), split.getValue());
    }
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

  /** Bytes that a row takes in memory: its pixels and its label. */
  public long rowBytes() {
    return (long) shape.bytes() + Integer.BYTES;
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
