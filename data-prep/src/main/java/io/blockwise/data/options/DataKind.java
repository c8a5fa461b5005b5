package io.blockwise.data.options;

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
  /** The user's own images, a folder per class. */
  IMAGE_FOLDER;

  /** Whether it can be downloaded: it is neither the user's own nor generated. */
  public boolean isPublished() {
    return this != SHAPES && this != IMAGE_FOLDER;
  }

  /**
   * The kind of a name; one of a later version is refused with that reason.
   *
   * @throws io.blockwise.base.InvalidValueException if there is none
   */
  public static DataKind parse(String name) {
    return Names.parse(
        "data.kind", DataKind.class, name, "tiny-imagenet", "ag-news", "dbpedia", "imdb", "sst-2");
  }

  /** The name in configurations and manifests. */
  @Override
  public String toString() {
    return Names.of(this);
  }
}
