package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.DataSettings;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The data set, or what is known of it before it is prepared. Immutable.
 *
 * @param prepared whether there is one
 * @param train shards of the training split; empty if they are not known
 * @param count rows of all splits; 0 if that is not known
 * @param image shape of an image
 */
record Rows(boolean prepared, List<Shard> train, long count, ImageShape image, int classes) {
  private static final int SHAPES = 10;
  private static final ImageShape SHAPE = new ImageShape(3, 32, 32);

  Rows {
    train = List.copyOf(train);
  }

  /** Of a data set that is there. */
  static Rows of(Manifest manifest) {
    long count = 0;
    for (Split split : Split.values()) {
      count += manifest.split(split).rows();
    }
    return new Rows(
        true,
        manifest.split(Split.TRAIN).shards(),
        count,
        manifest.schema().only(ImageKind.class).kind().shape(),
        manifest.classes().size());
  }

  /**
   * What the configuration says of a data set that is still to be made: all of generated images,
   * shape and classes of published ones.
   *
   * @throws UserException if it says too little
   */
  static Rows expected(DataSettings data) {
    return switch (data.kind()) {
      case SHAPES -> shapes(data);
      case CIFAR_10 -> unknown(new ImageShape(3, 32, 32), 10);
      case CIFAR_100 -> unknown(new ImageShape(3, 32, 32), 100);
      case MNIST, FASHION_MNIST -> unknown(new ImageShape(1, 28, 28), 10);
      case IMAGE_FOLDER ->
          throw new UserException(
              "Cannot plan: only the data set says how many classes image-folder has, and it is not"
                  + " there (make it with bin/blockwise prepare)");
    };
  }

  private static Rows unknown(ImageShape shape, int classes) {
    return new Rows(false, List.of(), 0, shape, classes);
  }

  private static Rows shapes(DataSettings data) {
    int images = data.shapes().train();
    long train = 0;
    for (int label = 0; label < SHAPES; label++) {
      long ofClass = (long) images / SHAPES + (label < images % SHAPES ? 1 : 0);
      train += ofClass - Math.round(ofClass * data.validationFraction());
    }
    return new Rows(
        false,
        shards(train, Shard.count(train, SHAPE.bytes() + Integer.BYTES, data.shards().train())),
        (long) images + data.shapes().test(),
        SHAPE,
        SHAPES);
  }

  private static List<Shard> shards(long rows, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              long first = i * (rows / count) + Math.min(i, rows % count);
              int size = (int) (rows / count + (i < rows % count ? 1 : 0));
              return new Shard(Shard.fileName(Split.TRAIN, i), first, size, 0, "");
            })
        .toList();
  }

  /** Whether rows and shards are known, and with them steps. */
  boolean isCounted() {
    return !train.isEmpty();
  }

  /** Rows of the training split. */
  long ofTrain() {
    return train.stream().mapToLong(Shard::rows).sum();
  }

  /** Shape of one example. */
  Shape shape() {
    return Shape.map(image.channels(), image.height(), image.width());
  }

  /** Bytes of all rows in memory. */
  long bytes() {
    return count * (image.bytes() + Integer.BYTES);
  }
}
