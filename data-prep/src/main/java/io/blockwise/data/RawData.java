package io.blockwise.data;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.data.download.Catalogue;
import io.blockwise.data.download.Downloader;
import io.blockwise.data.download.Fetch;
import io.blockwise.data.download.Patience;
import io.blockwise.data.download.RemoteFile;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.shapes.ShapesGenerator;
import io.blockwise.data.source.CifarLayout;
import io.blockwise.data.source.CifarSource;
import io.blockwise.data.source.IdxSource;
import io.blockwise.data.source.ImageFolderSource;
import io.blockwise.data.source.RawImages;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Finds, downloads or generates the raw data of a kind. Used by one thread. */
final class RawData {
  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();
  private static final List<String> CLOTHES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private final Storage storage;
  private final PrepareOptions options;

  RawData(Storage storage, PrepareOptions options) {
    this.storage = storage;
    this.options = options;
  }

  /** Whether there is anything to look at without downloading or generating it. */
  boolean isPresent() throws IOException {
    Path path = options.raw();
    return switch (options.kind()) {
      case CIFAR_10, SHAPES -> CifarSource.isPresent(storage, path, CifarLayout.CIFAR_10);
      case CIFAR_100 -> CifarSource.isPresent(storage, path, CifarLayout.CIFAR_100);
      case MNIST, FASHION_MNIST -> IdxSource.isPresent(storage, path);
      case IMAGE_FOLDER -> storage.isDirectory(path);
    };
  }

  /** Downloads what is missing if that is allowed, and generates what is generated. */
  void provide(JavaSparkContext spark, LockTimes times, Progress progress)
      throws IOException, InterruptedException {
    if (options.kind() == DataKind.SHAPES) {
      ShapesOptions shapes = options.shapes();
      progress.began("Generating " + (shapes.train() + shapes.test()) + " images of shapes");
      // Even if there are some: they may be of another seed, and are quickly made.
      ShapesGenerator.generate(
          spark, storage, options.raw(), shapes.train(), shapes.test(), options.seed());
    } else if (options.download() && !isPresent()) {
      // Another data set may be made of the same raw files.
      try (DirectoryLock lock =
          DirectoryLock.acquire(storage, options.raw(), times, progress::began)) {
        download(new LockedProgress(lock, progress));
      }
    }
  }

  private void download(Progress progress) throws IOException {
    if (!isPresent()) {
      Downloader downloader = new Downloader(Patience.NORMAL, progress);
      new Fetch(storage, downloader).into(options.raw(), published());
    }
  }

  private List<RemoteFile> published() {
    return switch (options.kind()) {
      case CIFAR_10 -> Catalogue.CIFAR_10;
      case CIFAR_100 -> Catalogue.CIFAR_100;
      case MNIST -> Catalogue.MNIST;
      case FASHION_MNIST -> Catalogue.FASHION_MNIST;
      case SHAPES, IMAGE_FOLDER -> List.of();
    };
  }

  /** Describes the raw data. */
  RawImages open() throws IOException {
    Path path = options.raw();
    return switch (options.kind()) {
      case CIFAR_10, SHAPES -> CifarSource.open(storage, path, CifarLayout.CIFAR_10);
      case CIFAR_100 -> CifarSource.open(storage, path, CifarLayout.CIFAR_100);
      case MNIST -> IdxSource.open(storage, path, DIGITS);
      case FASHION_MNIST -> IdxSource.open(storage, path, CLOTHES);
      case IMAGE_FOLDER -> ImageFolderSource.open(storage, path, options.imageSize());
    };
  }
}
