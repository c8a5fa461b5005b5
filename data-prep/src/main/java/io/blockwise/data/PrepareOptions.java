package io.blockwise.data;

import static io.blockwise.base.Checks.requireShare;
import static io.blockwise.base.Checks.requireShareOrNone;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.WeightColumn;
import io.blockwise.data.shard.ShardingOptions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * What to prepare and how. Immutable.
 *
 * @param kind of raw data
 * @param path folder of the raw data; empty for {@code shapes}, which makes its own beside the data
 *     set, in {@code <directory>-raw}, and for a table of Spark's session, which is copied there
 *     while the data set is made
 * @param directory of the data set
 * @param seed orders and splits the rows, and draws the shapes
 * @param validationFraction share of each class of train, above 0 and below 1, where there is no
 *     official validation split
 * @param testFraction likewise for test, taken before validation
 * @param shards per split at least
 * @param imageSize side in pixels to which {@code image-folder} (4 to 1024) and {@code
 *     tiny-imagenet} (32 or 64) resize; others ignore it
 * @param skipBad share of the images of {@code image-folder} and {@code tiny-imagenet} that may be
 *     left out because they cannot be read, 0 to 1
 * @param noise in the labels of train
 * @param download whether missing raw data may be downloaded
 * @param shapes size of the generated data; other kinds ignore it
 * @param text how texts become rows; kinds of images ignore it
 * @param table how tables of numbers become rows; other kinds ignore it
 * @param side what rows have beside their text or image
 * @param weights what rows of tables and own texts count
 * @param parent directory of a data set that the rows are appended to: they get its classes,
 *     statistics and vocabulary
 */
public record PrepareOptions(
    DataKind kind,
    Optional<Path> path,
    Path directory,
    long seed,
    double validationFraction,
    double testFraction,
    ShardCounts shards,
    int imageSize,
    double skipBad,
    LabelNoise noise,
    boolean download,
    ShapesOptions shapes,
    TextOptions text,
    TableOptions table,
    SideOptions side,
    WeightColumn weights,
    Optional<Path> parent) {
  public PrepareOptions {
    requireShare("data.validation-fraction", validationFraction);
    requireShare("data.test-fraction", testFraction);
    kind.requireImageSize(imageSize);
    requireShareOrNone("data.skip-bad", skipBad);
    side.requireFits(kind, text);
    weights.requireFits(kind, text, table, side);
    if (path.isEmpty() && kind != DataKind.SHAPES && !ofSession(kind, table)) {
      throw UserException.invalid(
          "data.path", "not set", "must name the folder of the raw data for " + kind);
    }
    if (parent.isPresent() && kind == DataKind.SHAPES) {
      throw UserException.invalid(
          "data.append-to",
          parent.get().getName(),
          "must not be set for shapes: they are generated, and nothing comes new");
    }
    if (parent.isPresent() && parent.get().equals(directory)) {
      throw UserException.invalid(
          "data.append-to",
          parent.get().getName(),
          "must be another data set: the new rows are one of their own (set data.name)");
    }
    if (download && !kind.isPublished()) {
      throw UserException.invalid(
          "data.download", true, "must be false for " + kind + ": it is not published");
    }
  }

  /** Where the raw data is, or will be. */
  public Path raw() {
    boolean own = kind == DataKind.SHAPES || isTableOfSession();
    return own ? directory.suffix("-raw") : path.orElseThrow();
  }

  /** Whether the raw data is a table that Spark's session knows. */
  boolean isTableOfSession() {
    return ofSession(kind, table);
  }

  private static boolean ofSession(DataKind kind, TableOptions table) {
    return kind == DataKind.TABLE && table.name().isPresent();
  }

  /** The keys and values that decide what the shards hold; no place and no permission. */
  Map<String, String> content(RawData raw) {
    Map<String, String> content = new TreeMap<>(raw.keys());
    content.putAll(side.content());
    content.putAll(weights.content());
    content.put("data.kind", kind.toString());
    content.put("data.seed", Long.toString(seed));
    content.put("data.validation-fraction", Double.toString(validationFraction));
    content.put("data.shards.train", Integer.toString(shards.train()));
    content.put("data.shards.validation", Integer.toString(shards.validation()));
    content.put("data.shards.test", Integer.toString(shards.test()));
    if (noise.rate() > 0) { // data sets without are those of before there was noise
      content.put("data.label-noise.rate", Double.toString(noise.rate()));
      content.put("data.label-noise.kind", Names.of(noise.kind()));
    }
    return content;
  }

  ShardingOptions sharding() {
    return new ShardingOptions(
        seed, validationFraction, testFraction, shards, noise, parent.isEmpty());
  }
}
