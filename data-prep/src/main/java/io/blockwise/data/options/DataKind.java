package io.blockwise.data.options;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Names;

/** The kinds of raw data, values of {@code data.kind}. */
public enum DataKind {
  /** Ten generated shapes, 32x32 in colour. */
  SHAPES,
  /** 32x32 colour images of 10 classes, binary version. */
  CIFAR_10,
  /** 32x32 colour images of 100 (fine) classes, binary version. */
  CIFAR_100,
  /** 28x28 grey digits in idx files. */
  MNIST,
  /** 28x28 grey clothes in idx files. */
  FASHION_MNIST,
  /** 64x64 colour images of 200 classes as JPEG files, kept so or halved. */
  TINY_IMAGENET,
  /** The user's own images, a folder per class. */
  IMAGE_FOLDER,
  /** News of four classes, as csv. */
  AG_NEWS,
  /** Articles of 14 classes, as csv. */
  DBPEDIA,
  /** Reviews of two or five classes, as csv. */
  YELP,
  /** Film reviews of two classes, a file each. */
  IMDB,
  /** Sentences of film reviews of two classes, as tsv. */
  SST2,
  /** The user's own texts, as tables. */
  TEXT,
  /** The user's own tables of numbers. */
  TABLE;

  private static final int LEAST_SIZE = 4;
  private static final int MOST_SIZE = 1024;
  private static final int WHOLE = 64;
  private static final int HALF = 32;

  /** Whether it can be downloaded, with a published checksum. */
  public boolean isPublished() {
    return switch (this) {
      case CIFAR_10, CIFAR_100, MNIST, FASHION_MNIST, TINY_IMAGENET, AG_NEWS, IMDB, SST2 -> true;
      case SHAPES, IMAGE_FOLDER, DBPEDIA, YELP, TEXT, TABLE -> false;
    };
  }

  /**
   * Refuses a side in pixels, {@code data.image-size}, that its images are not resized to.
   *
   * @throws io.blockwise.base.InvalidValueException that names those it may be
   */
  public void requireImageSize(int size) {
    requireWithin("data.image-size", size, LEAST_SIZE, MOST_SIZE);
    if (this == TINY_IMAGENET && size != WHOLE && size != HALF) {
      throw invalid("data.image-size", size, "must be 32 or 64 for " + this);
    }
  }

  /**
   * The kind of a name.
   *
   * @throws io.blockwise.base.InvalidValueException if there is none
   */
  public static DataKind parse(String name) {
    return Names.parse("data.kind", DataKind.class, name);
  }

  /** The name in configurations and manifests. */
  @Override
  public String toString() {
    return Names.of(this);
  }
}
