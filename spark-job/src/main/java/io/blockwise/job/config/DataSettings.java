package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.FileNames;
import io.blockwise.base.Names;
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
    Kind kind,
    Optional<String> name,
    Optional<String> path,
    boolean download,
    long seed,
    double validationFraction,
    double testFraction,
    int imageSize,
    double skipBad,
    Shards shards,
    Shapes shapes,
    MemorySize memory) {
  private static final Pattern WEB = Pattern.compile("(?i)(?:https?|ftp):");

  public DataSettings {
    path.ifPresent(given -> requireNoWebAddress("data.path", given));
    name.ifPresent(given -> FileNames.require("data.name", given));
    requireShare("data.validation-fraction", validationFraction);
    requireShare("data.test-fraction", testFraction);
    requireWithin("data.image-size", imageSize, 4, 1024);
    if (!(skipBad >= 0 && skipBad <= 1)) {
      throw invalid("data.skip-bad", skipBad, "must be from 0 to 1");
    }
    if (download && !kind.isPublished()) {
      throw invalid(
          "data.download", true, "must be false for " + Names.of(kind) + ": it is not published");
    }
    if (path.isEmpty() && !download && kind != Kind.SHAPES) {
      throw invalid(
          "data.path",
          "not set",
          "must name the folder of the raw data of "
              + Names.of(kind)
              + (kind.isPublished() ? ", unless data.download = true" : ""));
    }
  }

  /** Directory of the data set below {@code output/datasets}: the name given, or the kind's. */
  public String directory() {
    return name.orElseGet(() -> Names.of(kind));
  }

  /**
   * Shape of an image, if it is known before the raw data is read: files in idx layout that
   * somebody brings along may hold images of any size.
   */
  Optional<Shape> shape() {
    return switch (kind) {
      case SHAPES, CIFAR_10, CIFAR_100 -> Optional.of(Shape.map(3, 32, 32));
      case MNIST, FASHION_MNIST -> download ? Optional.of(Shape.map(1, 28, 28)) : Optional.empty();
      case IMAGE_FOLDER -> Optional.of(Shape.map(3, imageSize, imageSize));
    };
  }

  /** Hadoop would take it for a file system, in which everything exists and nothing can be done. */
  static void requireNoWebAddress(String key, String place) {
    if (WEB.matcher(place).lookingAt()) {
      throw invalid(key, place, "must be a directory such as file:/data or hdfs://host:8020/data");
    }
  }

  private static void requireShare(String key, double value) {
    if (!(value > 0 && value < 1)) {
      throw invalid(key, value, "must be above 0 and below 1");
    }
  }

  /** Raw data that can be read. */
  public enum Kind {
    /** Generated images of ten shapes. */
    SHAPES,
    /** CIFAR-10, binary layout. */
    CIFAR_10,
    /** CIFAR-100, binary layout, fine labels. */
    CIFAR_100,
    /** MNIST, idx layout. */
    MNIST,
    /** Fashion-MNIST, idx layout. */
    FASHION_MNIST,
    /** The user's images, a folder per class. */
    IMAGE_FOLDER;

    boolean isPublished() {
      return this != SHAPES && this != IMAGE_FOLDER;
    }

    /** The kind of a name; one of a later version is refused with that reason. */
    public static Kind parse(String name) {
      return Names.parse(
          "data.kind", Kind.class, name, "tiny-imagenet", "ag-news", "dbpedia", "imdb", "sst-2");
    }
  }

  /** Files per split, each at least 1. Immutable. */
  public record Shards(int train, int validation, int test) {
    public Shards {
      requireAtLeast("data.shards.train", train, 1);
      requireAtLeast("data.shards.validation", validation, 1);
      requireAtLeast("data.shards.test", test, 1);
    }
  }

  /** Generated images, enough for all classes in every split. Immutable. */
  public record Shapes(int train, int test) {
    public Shapes {
      requireAtLeast("data.shapes.train", train, 100);
      requireAtLeast("data.shapes.test", test, 10);
    }
  }
}
