package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.job.config.DataSettings;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The data set, or what is known of it before it is prepared. Immutable.
 *
 * @param manifest empty before it is prepared
 * @param train shards of the training split; empty if they are not known, and with them steps
 * @param rows of all splits; 0 if that is not known
 */
record PlannedData(
    Optional<Manifest> manifest, List<Shard> train, long rows, RowSchema schema, int classes) {
  private static final int SHAPES = 10;

  /** Of a data set that is there. */
  static PlannedData of(Manifest manifest) {
    return new PlannedData(
        Optional.of(manifest),
        manifest.split(Split.TRAIN).shards(),
        manifest.splits().values().stream().mapToLong(SplitContent::rows).sum(),
        manifest.schema(),
        manifest.classes().size());
  }

  /**
   * What the configuration says of a data set that is still to be made: all of generated images,
   * shape and classes of published ones.
   *
   * @throws UserException if it says too little
   */
  static PlannedData expected(DataSettings data) {
    return switch (data.kind()) {
      case SHAPES -> shapes(data);
      case CIFAR_10 -> new PlannedData(Optional.empty(), List.of(), 0, images(3, 32), 10);
      case CIFAR_100 -> new PlannedData(Optional.empty(), List.of(), 0, images(3, 32), 100);
      case MNIST, FASHION_MNIST ->
          new PlannedData(Optional.empty(), List.of(), 0, images(1, 28), 10);
      case TINY_IMAGENET ->
          new PlannedData(Optional.empty(), List.of(), 0, images(3, data.imageSize()), 200);
      case IMAGE_FOLDER ->
          throw UserException.cannot(
              "plan",
              "only the data set says how many classes image-folder has, and it is not there",
              "make it with bin/blockwise prepare");
      case AG_NEWS, DBPEDIA, YELP, IMDB, SST2, TEXT ->
          throw UserException.cannot(
              "plan",
              "only the data set says how large the vocabulary is and how long texts are, and it is"
                  + " not there",
              "make it with bin/blockwise prepare");
      case TABLE ->
          throw UserException.cannot(
              "plan",
              "only the data set says how many columns and classes a table has, and it is not there",
              "make it with bin/blockwise prepare");
    };
  }

  /** Whether there is one. */
  boolean prepared() {
    return manifest.isPresent();
  }

  private static RowSchema images(int channels, int size) {
    List<Double> half = Collections.nCopies(channels, 0.5); // nobody has measured them yet
    return RowSchema.of(new ImageKind(new ImageShape(channels, size, size), true, half, half));
  }

  private static PlannedData shapes(DataSettings data) {
    RowSchema schema = images(3, 32);
    int images = data.shapes().train();
    long train = 0;
    for (int label = 0; label < SHAPES; label++) {
      long ofClass = (long) images / SHAPES + (label < images % SHAPES ? 1 : 0);
      train += ofClass - Math.round(ofClass * data.validationFraction());
    }
    List<Shard> shards =
        shards(train, Shard.count(train, schema.rowBytes(), data.shards().train()));
    return new PlannedData(
        Optional.empty(), shards, (long) images + data.shapes().test(), schema, SHAPES);
  }

  private static List<Shard> shards(long rows, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> shard(first(i, rows, count), first(i + 1, rows, count)))
        .toList();
  }

  /** The first {@code rows % count} shards have one row more than the others. */
  private static long first(int shard, long rows, int count) {
    return shard * (rows / count) + Math.min(shard, rows % count);
  }

  private static Shard shard(long first, long end) {
    return new Shard("", first, Math.toIntExact(end - first), 0, "");
  }

  /** Rows of the training split. */
  long ofTrain() {
    return train.stream().mapToLong(Shard::rows).sum();
  }

  /** Bytes of all rows in memory. */
  long bytes() {
    return rows * schema.rowBytes();
  }

  /** What follows the name of the data set. */
  @Override
  public String toString() {
    return prepared()
        ? ": " + ofTrain() + " rows of train in " + train.size() + " shards"
        : train.isEmpty()
            ? " is not prepared yet: shards, steps and traffic are not known (make it with"
                + " bin/blockwise prepare)"
            : " is not prepared yet: counted by the configuration";
  }
}
