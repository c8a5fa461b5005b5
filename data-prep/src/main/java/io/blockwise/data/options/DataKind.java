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
  IMAGE_FOLDER;

  private static final int LEAST_SIZE = 4;
  private static final int MOST_SIZE = 1024;
  private static final int WHOLE = 64;
  private static final int HALF = 32;

  /** Whether it can be downloaded: it is neither the user's own nor generated. */
  public boolean isPublished() {
    return this != SHAPES && this != IMAGE_FOLDER;
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
   * The kind of a name; one of a later version is refused with that reason.
   *
   * @throws io.blockwise.base.InvalidValueException if there is none
   */
  public static DataKind parse(String name) {
    return Names.parse("data.kind", DataKind.class, name, "ag-news", "dbpedia", "imdb", "sst-2");
  }

  /** The name in configurations and manifests. */
  @Override
  public String toString() {
    return Names.of(this);
  }
}
