package io.blockwise.data;

import io.blockwise.base.UserException;
import io.blockwise.data.download.Catalogue;
import io.blockwise.data.download.RemoteFile;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of raw data, values of {@code data.kind}. */
public enum DataKind {
  /** 32x32 colour images of 10 classes, binary version. */
  CIFAR_10("cifar-10", Catalogue.CIFAR_10),
  /** 32x32 colour images of 100 (fine) classes, binary version. */
  CIFAR_100("cifar-100", Catalogue.CIFAR_100),
  /** 28x28 grey digits in idx files. */
  MNIST("mnist", Catalogue.MNIST),
  /** 28x28 grey clothes in idx files. */
  FASHION_MNIST("fashion-mnist", Catalogue.FASHION_MNIST),
  /** The user's own images, a folder per class. */
  IMAGE_FOLDER("image-folder", List.of()),
  /** Ten generated shapes, 32x32 in colour. */
  SHAPES("shapes", List.of());

  private final String key;
  private final List<RemoteFile> published;

  DataKind(String key, List<RemoteFile> published) {
    this.key = key;
    this.published = published;
  }

  /** Name in configurations and manifests. */
  public String key() {
    return key;
  }

  /**
   * The kind with this name.
   *
   * @throws io.blockwise.base.UserException if there is none
   */
  public static DataKind named(String key) {
    return Arrays.stream(values())
        .filter(kind -> kind.key.equals(key))
        .findFirst()
        .orElseThrow(() -> UserException.invalid("data.kind", key, "must be one of " + keys()));
  }

  /** What can be downloaded; empty for data that is the user's own or generated. */
  List<RemoteFile> published() {
    return published;
  }

  private static String keys() {
    return Arrays.stream(values()).map(DataKind::key).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return key;
  }
}
