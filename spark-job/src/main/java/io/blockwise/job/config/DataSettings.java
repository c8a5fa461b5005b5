package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireShare;
import static io.blockwise.base.Checks.requireShareOrNone;

import io.blockwise.base.FileNames;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.WeightColumn;
import io.blockwise.model.spec.Shape;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The data set: where it comes from and how it is cut. Immutable.
 *
 * <p>Always true: both fractions are above 0 and below 1; the raw data is somewhere, generated or
 * downloaded; only what is published is downloaded.
 */
public record DataSettings(
    DataKind kind,
    Optional<String> name,
    Optional<String> path,
    boolean download,
    long seed,
    double validationFraction,
    double testFraction,
    int imageSize,
    double skipBad,
    LabelNoise labelNoise,
    ShardCounts shards,
    ShapesOptions shapes,
    TextOptions text,
    TableOptions table,
    SideOptions side,
    Optional<String> weightColumn,
    Optional<String> appendTo,
    MemorySize memory) {
  private static final Pattern WEB = Pattern.compile("(?i)(?:https?|ftp):");

  public DataSettings {
    if (memory.bytes() == 0) {
      throw invalid("data.memory", 0, "must be a size such as 512m or 2g");
    }
    path.ifPresent(given -> requireNoWebAddress("data.path", given));
    text.glove().ifPresent(given -> requireNoWebAddress("data.text.glove", given));
    side.images().ifPresent(given -> requireNoWebAddress("data.side.images", given));
    name.ifPresent(given -> FileNames.require("data.name", given));
    appendTo.ifPresent(given -> FileNames.require("data.append-to", given));
    requireShare("data.validation-fraction", validationFraction);
    requireShare("data.test-fraction", testFraction);
    kind.requireImageSize(imageSize);
    requireShareOrNone("data.skip-bad", skipBad);
    side.requireFits(kind, text);
    new WeightColumn(weightColumn).requireFits(kind, text, table, side);
    if (download && !kind.isPublished()) {
      throw invalid("data.download", true, "must be false for " + kind + ": it is not published");
    }
    table.name().ifPresent(given -> requireTable(kind, given, path));
    if (path.isEmpty() && !download && kind != DataKind.SHAPES && table.name().isEmpty()) {
      throw invalid(
          "data.path",
          "not set",
          "must name the folder of the raw data of "
              + kind
              + (kind.isPublished() ? ", unless data.download = true" : "")
              + (kind == DataKind.TABLE ? ", unless data.table.name names one of Spark's" : ""));
    }
  }

  private static void requireTable(DataKind kind, String name, Optional<String> path) {
    if (kind != DataKind.TABLE) {
      throw invalid("data.table.name", name, "must not be set for " + kind + ", only for table");
    }
    if (path.isPresent()) {
      throw invalid(
          "data.table.name", name, "must not be set beside data.path: rows are of either");
    }
  }

  /** What rows count. */
  public WeightColumn weights() {
    return new WeightColumn(weightColumn);
  }

  /** Directory of the data set below {@code output/datasets}: the name given, or the kind's. */
  public String directory() {
    return name.orElseGet(kind::toString);
  }

  /**
   * Shape of an image, if it is known before the raw data is read: files in idx layout that
   * somebody brings along may hold images of any size. That of texts and tables is learned from
   * them.
   */
  Optional<Shape> shape() {
    return switch (kind) {
      case SHAPES, CIFAR_10, CIFAR_100 -> Optional.of(Shape.map(3, 32, 32));
      case MNIST, FASHION_MNIST -> download ? Optional.of(Shape.map(1, 28, 28)) : Optional.empty();
      case TINY_IMAGENET, IMAGE_FOLDER -> Optional.of(Shape.map(3, imageSize, imageSize));
      case AG_NEWS, DBPEDIA, YELP, IMDB, SST2, TEXT, TABLE -> Optional.empty();
    };
  }

  /** Hadoop would take it for a file system, in which everything exists and nothing can be done. */
  static void requireNoWebAddress(String key, String place) {
    if (WEB.matcher(place).lookingAt()) {
      throw invalid(key, place, "must be a path such as file:/data or hdfs://host:8020/data");
    }
  }
}
