package io.blockwise.data.download;

import java.net.URI;
import java.util.List;

/** Where data sets are published, and the checksums published with them. */
public final class Catalogue {
  private static final String AG_NEWS_MIRROR =
      "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv/";

  /** CIFAR-10, binary version. */
  public static final List<RemoteFile> CIFAR_10 =
      List.of(
          file(
              "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
              "c32a1d4ab5d03f1284b67883e8d87530"));

  /** CIFAR-100, binary version. */
  public static final List<RemoteFile> CIFAR_100 =
      List.of(
          file(
              "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
              "03b5dce01913d631647c71ecec9e9cb8"));

  /** TinyImageNet-200, 248,100,043 bytes, from the course it was made for. */
  public static final List<RemoteFile> TINY_IMAGENET =
      List.of(
          file(
              "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
              "90528d7ca1a48142e341f4ef8d21d0de"));

  /** IMDB's reviews, 84,125,825 bytes, from their authors; the checksum is that of PyTorch's. */
  public static final List<RemoteFile> IMDB =
      List.of(
          file(
              "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
              "7c2ac02c03563afcf9b574c7e56c153a"));

  /**
   * AG News, from the mirror that PyTorch's text data sets name, with its checksums; without {@code
   * classes.txt}, so that classes are named 1 to 4.
   */
  public static final List<RemoteFile> AG_NEWS =
      List.of(
          file(AG_NEWS_MIRROR + "train.csv", "b1a00f826fdfbd249f79597b59e1dc12"),
          file(AG_NEWS_MIRROR + "test.csv", "d52ea96a97a2d943681189a97654912d"));

  /** SST-2 as GLUE has it; the checksum is that of PyTorch's. */
  public static final List<RemoteFile> SST2 =
      List.of(
          file(
              "https://dl.fbaipublicfiles.com/glue/data/SST-2.zip",
              "9f81648d4199384278b86e315dac217c"));

  /** MNIST, from the mirror of PyTorch's data sets. */
  public static final List<RemoteFile> MNIST =
      idx(
          "https://ossci-datasets.s3.amazonaws.com/mnist/",
          "f68b3c2dcbeaaa9fbdd348bbdeb94873",
          "d53e105ee54ea40749a09fcbcd1e9432",
          "9fb629c4189551a2d022fa330f9573f3",
          "ec29112dd5afa0611ce80d1b7f02629c");

  /** Fashion-MNIST, from its authors. */
  public static final List<RemoteFile> FASHION_MNIST =
      idx(
          "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
          "25c81989df183df01b3e8a0aad5dffbe",
          "bef4ecab320f06d8554ea6380940ec79",
          "bb300cfdad3c16e7a12a480ee83cd310");

  private Catalogue() {}

  private static RemoteFile file(String uri, String md5) {
    return new RemoteFile(URI.create(uri), "MD5", md5);
  }

  private static List<RemoteFile> idx(
      String base, String trainImages, String trainLabels, String testImages, String testLabels) {
    return List.of(
        file(base + "train-images-idx3-ubyte.gz", trainImages),
        file(base + "train-labels-idx1-ubyte.gz", trainLabels),
        file(base + "t10k-images-idx3-ubyte.gz", testImages),
        file(base + "t10k-labels-idx1-ubyte.gz", testLabels));
  }
}
