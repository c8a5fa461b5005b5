package io.blockwise.data;

import io.blockwise.base.Printable;
import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.download.Catalogue;
import io.blockwise.data.download.Downloader;
import io.blockwise.data.download.Fetch;
import io.blockwise.data.download.RemoteFile;
import io.blockwise.data.frame.SessionTable;
import io.blockwise.data.glove.GloveFile;
import io.blockwise.data.learn.FieldLearners;
import io.blockwise.data.learn.ImageMeasurer;
import io.blockwise.data.learn.Inherited;
import io.blockwise.data.learn.Learner;
import io.blockwise.data.learn.NothingToLearn;
import io.blockwise.data.learn.NumberMeasurer;
import io.blockwise.data.learn.VocabularyLearner;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.shapes.ShapesGenerator;
import io.blockwise.data.source.CifarLayout;
import io.blockwise.data.source.CifarSource;
import io.blockwise.data.source.IdxSource;
import io.blockwise.data.source.RawPart;
import io.blockwise.data.source.RawRows;
import io.blockwise.data.source.Source;
import io.blockwise.data.source.Survey;
import io.blockwise.data.source.folder.ImageFolderSource;
import io.blockwise.data.source.folder.TinyImageNetSource;
import io.blockwise.data.source.text.NumberTableSource;
import io.blockwise.data.source.text.ReviewTreeSource;
import io.blockwise.data.source.text.TextCorpus;
import io.blockwise.data.source.text.TextTableSource;
import io.blockwise.data.source.text.record.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What the kinds of raw data do not have in common: {@link #of} is the one table of them.
 * Immutable.
 *
 * @param source reads it
 * @param learner learns what only its training split tells
 * @param published where missing raw data is found; empty if it is not published
 * @param glove a file of word vectors beside it; empty if there is none
 * @param keys keys and values of this kind alone that decide what the shards hold
 */
record RawData(
    Source source,
    Learner learner,
    List<RemoteFile> published,
    Optional<Path> glove,
    Map<String, String> keys) {
  private static final List<String> DIGITS =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
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

  /** Of the kind that the options name. */
  static RawData of(Storage storage, PrepareOptions options) {
    Path path = options.raw();
    Source cifar10 = new CifarSource(storage, path, CifarLayout.CIFAR_10);
    return switch (options.kind()) {
      case SHAPES ->
          images(
              cifar10,
              Map.of(
                  "data.shapes.train", Integer.toString(options.shapes().train()),
                  "data.shapes.test", Integer.toString(options.shapes().test())));
      case CIFAR_10 -> images(cifar10, Catalogue.CIFAR_10);
      case CIFAR_100 ->
          images(new CifarSource(storage, path, CifarLayout.CIFAR_100), Catalogue.CIFAR_100);
      case MNIST -> images(new IdxSource(storage, path, DIGITS), Catalogue.MNIST);
      case FASHION_MNIST -> images(new IdxSource(storage, path, CLOTHES), Catalogue.FASHION_MNIST);
      case TINY_IMAGENET ->
          new RawData(
              new TinyImageNetSource(storage, path, options.imageSize()),
              new ImageMeasurer(),
              Catalogue.TINY_IMAGENET,
              Optional.empty(),
              Map.of("data.image-size", Integer.toString(options.imageSize())));
      case IMAGE_FOLDER -> ownImages(storage, options);
      case AG_NEWS -> corpus(storage, options, TextCorpus.AG_NEWS, Catalogue.AG_NEWS);
      case DBPEDIA -> corpus(storage, options, TextCorpus.DBPEDIA, List.of());
      case YELP -> corpus(storage, options, TextCorpus.YELP, List.of());
      case SST2 -> corpus(storage, options, TextCorpus.SST2, Catalogue.SST2);
      case IMDB ->
          texts(
              storage,
              new ReviewTreeSource(storage, path, texts(options.text())),
              options,
              Catalogue.IMDB,
              Map.of());
      case TEXT -> ownTexts(storage, options);
      case TABLE -> ownTable(storage, options);
    };
  }

  private static RawData corpus(
      Storage storage, PrepareOptions options, TextCorpus corpus, List<RemoteFile> published) {
    Source source = TextTableSource.of(storage, options.raw(), corpus, texts(options.text()));
    return texts(storage, source, options, published, corpus.keys());
  }

  private static RawData ownTexts(Storage storage, PrepareOptions options) {
    TextOptions text = options.text();
    SideOptions side = options.side();
    List<String> all = new ArrayList<>(List.of(text.textColumn()));
    all.addAll(side.texts());
    Columns columns =
        new Columns(
            text.labelColumn(), all, side.numbers(), false, options.weights().name().orElse(""));
    return texts(
            storage,
            TextTableSource.of(storage, options.raw(), columns, texts(text)),
            options,
            List.of(),
            Map.of(
                "data.text.label-column", text.labelColumn(),
                "data.text.text-column", text.textColumn(),
                "data.test-fraction", Double.toString(options.testFraction())))
        .with(sideLearners(storage, options));
  }

  private static RawData ownTable(Storage storage, PrepareOptions options) {
    Map<String, String> keys = new TreeMap<>(options.table().content());
    keys.put("data.test-fraction", Double.toString(options.testFraction()));
    Source source =
        new NumberTableSource(storage, options.raw(), options.table(), options.weights());
    return new RawData(source, new NumberMeasurer(), List.of(), Optional.empty(), keys)
        .with(weightLearners(options));
  }

  /** Of the side fields in the order that the source has them in. */
  private static List<Learner> sideLearners(Storage storage, PrepareOptions options) {
    List<Learner> learners = new ArrayList<>();
    for (int i = 0; i < options.side().texts().size(); i++) {
      learners.add(VocabularyLearner.ofSide(options.text(), storage, options.seed()));
    }
    if (!options.side().numbers().isEmpty()) {
      learners.add(new NumberMeasurer());
    }
    learners.addAll(weightLearners(options));
    return learners;
  }

  private static List<Learner> weightLearners(PrepareOptions options) {
    return options.weights().name().isPresent() ? List.of(new NothingToLearn()) : List.of();
  }

  private static RawData ownImages(Storage storage, PrepareOptions options) {
    Optional<Path> sides = options.side().images().map(Path::new);
    return images(
            new ImageFolderSource(storage, options.raw(), sides, options.imageSize()),
            Map.of(
                "data.image-size", Integer.toString(options.imageSize()),
                "data.test-fraction", Double.toString(options.testFraction())))
        .with(sides.isPresent() ? List.of(new ImageMeasurer()) : List.of());
  }

  /** The same with further fields; those of none is the same as ever. */
  private RawData with(List<Learner> sides) {
    List<Learner> learners = new ArrayList<>(List.of(learner));
    learners.addAll(sides);
    return sides.isEmpty()
        ? this
        : new RawData(source, new FieldLearners(learners), published, glove, keys);
  }

  /** The same as new rows of a data set, which brings all that was learned with it. */
  RawData appendedTo(Dataset parent) {
    Learner inherited = new Inherited(parent);
    List<Learner> learners = Collections.nCopies(parent.manifest().fields().size(), inherited);
    return new RawData(source, new FieldLearners(learners), published, Optional.empty(), keys);
  }

  private static TokensKind texts(TextOptions text) {
    return new TokensKind(text.cleaning(), 0, text.maxLength().most());
  }

  private static RawData texts(
      Storage storage,
      Source source,
      PrepareOptions options,
      List<RemoteFile> published,
      Map<String, String> keys) {
    Map<String, String> all = new TreeMap<>(options.text().content());
    all.putAll(keys);
    Learner learner = new VocabularyLearner(options.text(), storage, options.seed());
    return new RawData(source, learner, published, options.text().glove().map(Path::new), all);
  }

  private static RawData images(Source source, List<RemoteFile> published) {
    return new RawData(source, new ImageMeasurer(), published, Optional.empty(), Map.of());
  }

  private static RawData images(Source source, Map<String, String> keys) {
    return new RawData(source, new ImageMeasurer(), List.of(), Optional.empty(), keys);
  }

  /** Whether there is anything to look at, and no file beside it is missing. */
  boolean isPresent(Storage storage) throws IOException {
    return source.isPresent() && (glove.isEmpty() || storage.isFile(glove.get()));
  }

  /** {@link Source#open()}, and the file beside it. */
  RawRows open(Storage storage) throws IOException {
    return glove.isEmpty()
        ? source.open()
        : source.open().and(GloveFile.open(storage, glove.get()).part());
  }

  /** {@link Source#open(Survey)}, and the file beside it, which is looked at before. */
  RawRows open(Storage storage, Survey survey)
      throws IOException, ExecutionException, InterruptedException {
    if (glove.isEmpty()) {
      return source.open(survey);
    }
    GloveFile vectors = GloveFile.open(storage, glove.get());
    return source.open(survey).and(vectors.part());
  }

  /** Bytes of the files that hold the rows. */
  long bytes(RawRows found) {
    return found.parts().stream()
        .limit(found.parts().size() - (glove.isPresent() ? 1 : 0)) // the last of them
        .mapToLong(RawPart::bytes)
        .sum();
  }

  /**
   * Downloads what is missing if that is allowed, generates what is generated, and copies a table
   * of Spark's session.
   */
  void provide(
      SparkSession session,
      Storage storage,
      PrepareOptions options,
      LockTimes times,
      Progress progress)
      throws IOException, ExecutionException, InterruptedException {
    if (options.kind() == DataKind.SHAPES) {
      ShapesOptions shapes = options.shapes();
      progress.began("Generating " + (shapes.train() + shapes.test()) + " images of shapes");
      // Even if there are some: they may be of another seed, and are quickly made.
      ShapesGenerator.generate(
          JavaSparkContext.fromSparkContext(session.sparkContext()),
          storage,
          options.raw(),
          shapes,
          options.seed(),
          progress);
    } else if (options.isTableOfSession()) {
      progress.began("Reading table " + Printable.of(options.table().name().orElseThrow()));
      SessionTable table = SessionTable.find(session, options.table(), options.weights());
      storage.delete(options.raw()); // what an interrupted preparation left
      table.write(storage, options.raw());
    } else if (options.download() && !source.isPresent()) {
      // Another data set may be made of the same raw files.
      try (DirectoryLock lock =
          DirectoryLock.acquire(storage, options.raw(), times, progress::began)) {
        if (!source.isPresent()) {
          Progress locked = new LockedProgress(lock, progress);
          new Fetch(storage, new Downloader(locked)).into(options.raw(), published);
        }
      }
    }
  }
}
