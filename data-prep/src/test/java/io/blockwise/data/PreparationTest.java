package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.progress.Step;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static final String[] TRAIN = {
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin"
  };
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void everyRowOfCifarIsInExactlyOneShard() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 31);
    Manifest manifest = prepare(DataKind.CIFAR_10, raw);
    List<byte[]> trainAndValidation = new ArrayList<>();
    trainAndValidation.addAll(records(Split.TRAIN));
    trainAndValidation.addAll(records(Split.VALIDATION));
    assertThat(sorted(trainAndValidation)).isDeepEqualTo(sorted(rawRecords(raw, TRAIN)));
    assertThat(sorted(records(Split.TEST)))
        .isDeepEqualTo(sorted(rawRecords(raw, "test_batch.bin")));
    assertThat(manifest.classes()).hasSize(10).startsWith("class0", "class1");
    assertThat(manifest.raw()).hasSize(6).first().extracting("name").isEqualTo("data_batch_1.bin");
  }

  @Test
  void rowsOfAShardAreNotInTheOrderOfTheFile() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    prepare(DataKind.CIFAR_10, raw);
    List<byte[]> inFile = rawRecords(raw, TRAIN);
    List<Integer> places = new ArrayList<>();
    for (byte[] record : records(Split.TRAIN).subList(0, shards(Split.TRAIN).get(0).rows())) {
      places.add(
          IntStream.range(0, 100)
              .filter(i -> Arrays.equals(inFile.get(i), record))
              .findFirst()
              .orElseThrow());
    }
    assertThat(places).doesNotHaveDuplicates().isNotEqualTo(places.stream().sorted().toList());
  }

  @Test
  void validationIsTheSameShareOfEveryClass() throws IOException {
    Manifest manifest =
        prepare(DataKind.CIFAR_10, RawFiles.cifar10(folder.resolve("raw"), 200, 10));
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass())
        .isEqualTo(Collections.nCopies(10, 2L));
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).isEqualTo(Collections.nCopies(10, 18L));
    int[] counted = new int[10];
    for (Shard shard : shards(Split.VALIDATION)) {
      Rows rows = dataset().read(shard);
      IntStream.range(0, rows.count()).forEach(row -> counted[rows.label(row)]++);
    }
    assertThat(counted).containsOnly(2);
  }

  @Test
  void shardsDifferByAtMostOneRow() throws IOException {
    prepare(DataKind.CIFAR_10, RawFiles.cifar10(folder.resolve("raw"), 110, 10));
    // 110 rows less one of each of ten classes (11 * 0.1, rounded) leave 100.
    assertThat(shards(Split.TRAIN)).extracting(Shard::rows).containsExactly(34, 33, 33);
    assertThat(shards(Split.TRAIN)).extracting(Shard::firstRow).containsExactly(0L, 34L, 67L);
    assertThat(dataset().read(shards(Split.TRAIN).get(2)).row(0)).isEqualTo(67);
  }

  /** 22 images of 3 MiB and a label are more than the 64 MiB that a shard may have. */
  @Test
  void thereAreMoreShardsWhereOneWouldBeTooLarge() throws IOException {
    Path raw = folder.resolve("raw");
    RawFiles.images(raw.resolve("train/cat"), 21, 8, 8, 1);
    RawFiles.images(raw.resolve("val/cat"), 20, 8, 8, 2);
    RawFiles.images(raw.resolve("test/cat"), 1, 8, 8, 3);
    for (String split : List.of("train", "val", "test")) {
      RawFiles.images(raw.resolve(split).resolve("dog"), 1, 8, 8, 4);
    }
    Preparation.prepare(
        spark, Preparing.largeImages(raw, folder.resolve("data"), 1024), Silent.INSTANCE);
    assertThat(shards(Split.TRAIN)).extracting(Shard::rows).containsExactly(11, 11);
    assertThat(shards(Split.VALIDATION)).extracting(Shard::rows).containsExactly(21);
    assertThat(dataset().manifest().options()).containsEntry("data.shards.train", "1");
    assertThat(dataset().read(shards(Split.TRAIN).get(1)).row(0)).isEqualTo(11);
  }

  @Test
  void meanAndDeviationAreThoseOfTheTrainingPixels() throws IOException {
    Manifest manifest = prepare(DataKind.CIFAR_10, RawFiles.cifar10(folder.resolve("raw"), 60, 10));
    List<byte[]> train = records(Split.TRAIN);
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      double squares = 0;
      for (byte[] record : train) {
        for (int i = 1 + channel * 1024; i < 1 + (channel + 1) * 1024; i++) {
          double value = (record[i] & 0xFF) / 255.0;
          sum += value;
          squares += value * value;
        }
      }
      double mean = sum / (train.size() * 1024);
      double deviation = Math.sqrt(squares / (train.size() * 1024) - mean * mean);
      assertThat(images(manifest).mean().get(channel)).isCloseTo(mean, within(1e-9));
      assertThat(images(manifest).standardDeviation().get(channel))
          .isCloseTo(deviation, within(1e-9));
    }
  }

  @Test
  void packedAndPlainIdxFilesGiveTheSameShards() throws IOException {
    Path raw = RawFiles.idx(folder.resolve("raw"), 60, 20, 6);
    Manifest plain = prepare(DataKind.MNIST, raw);
    for (String name : List.of("train-images-idx3-ubyte", "t10k-labels-idx1-ubyte")) {
      RawFiles.gzip(raw.resolve(name));
    }
    Manifest packed =
        Preparation.prepare(
            spark,
            Preparing.options(DataKind.MNIST, raw, folder.resolve("packed")),
            Silent.INSTANCE);
    assertThat(packed.splits()).isEqualTo(plain.splits());
    assertThat(packed.raw()).isNotEqualTo(plain.raw());
    assertThat(images(plain).flippable()).isFalse();
    assertThat(images(plain).shape().channels()).isEqualTo(1);
  }

  @Test
  void imageFoldersWithoutSplitsAreCarvedByClass() throws IOException {
    Path raw = folder.resolve("raw");
    RawFiles.images(raw.resolve("cat"), 20, 10, 12, 1);
    RawFiles.images(raw.resolve("dog"), 30, 8, 8, 2);
    Manifest manifest = prepare(DataKind.IMAGE_FOLDER, raw);
    assertThat(manifest.classes()).containsExactly("cat", "dog");
    assertThat(manifest.split(Split.TEST).rowsPerClass()).containsExactly(4L, 6L);
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass()).containsExactly(2L, 2L);
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(14L, 22L);
    assertThat(images(manifest).shape().height()).isEqualTo(8);
  }

  @Test
  void officialSplitsOfImageFoldersAreKept() throws IOException {
    Path raw = folder.resolve("raw");
    for (String name : List.of("cat", "dog")) {
      RawFiles.images(raw.resolve("train").resolve(name), 10, 8, 8, 1);
      RawFiles.images(raw.resolve("val").resolve(name), 4, 8, 8, 2);
      RawFiles.images(raw.resolve("test").resolve(name), 3, 8, 8, 3);
    }
    Manifest manifest = prepare(DataKind.IMAGE_FOLDER, raw);
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(10L, 10L);
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass()).containsExactly(4L, 4L);
    assertThat(manifest.split(Split.TEST).rowsPerClass()).containsExactly(3L, 3L);
  }

  @Test
  void allBadImagesAreNamedAtOnceAndNothingIsWritten() throws IOException {
    Path raw = imagesOfWhichTwoAreBad();
    assertRefused(
        DataKind.IMAGE_FOLDER,
        raw,
        "Cannot use 2 of 42 images in "
            + raw
            + ": cat/bad.webp is neither JPEG nor PNG, dog/bad.jpg is neither JPEG nor PNG (repair"
            + " them, move them out of the folder, or leave out up to that share: data.skip-bad ="
            + " 0.048)");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void badImagesAreNamedBeforeWhatLacksRows() throws IOException {
    Path raw = folder.resolve("raw");
    RawFiles.images(raw.resolve("cat"), 2, 8, 8, 1);
    RawFiles.images(raw.resolve("dog"), 2, 8, 8, 2);
    Files.writeString(raw.resolve("dog").resolve("bad.jpg"), "not an image");
    String first =
        "Cannot use 1 of 5 images in " + raw + ": dog/bad.jpg is neither JPEG nor PNG (repair them";
    assertRefused(DataKind.IMAGE_FOLDER, raw, first);
    RawFiles.images(raw.resolve("cat"), 10, 8, 8, 3);
    assertThatThrownBy(() -> prepare(raw, 0)).hasMessageContaining("bad.jpg");
    assertThatThrownBy(() -> prepare(raw, 0.2))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid data.shards.validation: 2 (must be at most 1, the rows of validation)");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void badImagesAreLeftOutUpToTheShareThatIsAllowed() throws IOException {
    Path raw = imagesOfWhichTwoAreBad();
    assertThatThrownBy(() -> prepare(raw, 0.047)).isInstanceOf(UserException.class);
    Manifest manifest = prepare(raw, 0.048);
    assertThat(manifest.skipped()).isEqualTo(2);
    assertThat(manifest.splits().values().stream().mapToLong(SplitContent::rows).sum())
        .isEqualTo(40);
    assertThat(prepare(raw, 0.5)).isEqualTo(manifest);
    assertThatThrownBy(() -> prepare(raw, 0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "2 of 42 images were left out, more than data.skip-bad = 0.0 (delete it, or choose"
                + " another data.name)");
  }

  @Test
  void tinyImageNetIsHalvedAndWhatCannotBeReadIsLeftOutUpToTheShareThatIsAllowed()
      throws IOException {
    Path raw = RawFiles.tinyImageNet(folder.resolve("raw"), 2, 20, 5);
    Files.writeString(raw.resolve("train/n1/images/n1_7.JPEG"), "not an image");
    Files.delete(raw.resolve("val/images/val_3.JPEG"));
    assertThatThrownBy(() -> prepareTinyImageNet(raw, 0.03))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use 2 of 50 images in "
                + raw
                + ": train/n1/images/n1_7.JPEG is neither JPEG nor PNG, val/images/val_3.JPEG is"
                + " annotated, but not there (repair them, move them out of the folder, or leave"
                + " out up to that share: data.skip-bad = 0.04)");
    Manifest manifest = prepareTinyImageNet(raw, 0.04);
    assertThat(manifest.skipped()).isEqualTo(2);
    assertThat(images(manifest).shape().height()).isEqualTo(32);
    assertThat(manifest.classes()).containsExactly("cat n0", "cat n1");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(18L, 17L);
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass()).containsExactly(2L, 2L);
    assertThat(manifest.split(Split.TEST).rowsPerClass()).containsExactly(5L, 4L);
    assertThat(prepareTinyImageNet(raw, 0.04)).isEqualTo(manifest);
    Files.writeString(
        raw.resolve("words.txt"), "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    assertThatThrownBy(() -> prepareTinyImageNet(raw, 0.04))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it was made from words.txt of");
  }

  private Manifest prepareTinyImageNet(Path raw, double skipBad) {
    return Preparation.prepare(
        spark, Preparing.tinyImageNet(raw, folder.resolve("data"), skipBad), Silent.INSTANCE);
  }

  private Path imagesOfWhichTwoAreBad() throws IOException {
    Path raw = folder.resolve("raw");
    RawFiles.images(raw.resolve("cat"), 20, 8, 8, 1);
    RawFiles.images(raw.resolve("dog"), 20, 8, 8, 2);
    Files.writeString(raw.resolve("dog").resolve("bad.jpg"), "not an image");
    Files.writeString(raw.resolve("cat").resolve("bad.webp"), "not one that is read");
    return raw;
  }

  private Manifest prepare(Path raw, double skipBad) {
    return Preparation.prepare(
        spark, Preparing.images(raw, folder.resolve("data"), skipBad), Silent.INSTANCE);
  }

  @Test
  void labelOutOfRangeIsFoundBeforeAnythingIsWritten() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    byte[] records = Files.readAllBytes(raw.resolve("data_batch_1.bin"));
    records[17 * 3073] = 10;
    Files.write(raw.resolve("data_batch_1.bin"), records);
    assertRefused(DataKind.CIFAR_10, raw, "data_batch_1.bin: record 17 has label 10");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void classMissingFromTrainIsRefused() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 10, 10);
    for (String file : TRAIN) {
      Files.write(raw.resolve(file), RawFiles.cifarRecords(9, 1, 9, 1));
    }
    assertRefused(
        DataKind.CIFAR_10, raw, "Cannot prepare cifar-10: class class9 has no rows in train");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void emptySplitIsRefused() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 20, 10);
    assertRefused(
        DataKind.CIFAR_10,
        raw,
        "Cannot prepare cifar-10: split validation has no rows",
        "fraction");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void moreShardsThanRowsAreRefused() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 3);
    PrepareOptions options =
        Preparing.options(
            DataKind.CIFAR_10, raw, folder.resolve("data"), 1, new ShardCounts(1, 1, 4));
    assertThatThrownBy(() -> Preparation.prepare(spark, options, Silent.INSTANCE))
        .isInstanceOf(UserException.class)
        .hasMessage("Invalid data.shards.test: 4 (must be at most 3, the rows of test)");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void outputThatCannotBeWrittenIsFoundFirst() throws IOException {
    Files.writeString(folder.resolve("data"), "a file");
    assertRefused(
        DataKind.CIFAR_10,
        folder.resolve("there-is-no-raw-data"),
        "Cannot write data set ",
        "is no directory");
    Path below = folder.resolve("data").resolve("below");
    assertThatThrownBy(
            () ->
                Preparation.prepare(
                    spark, Preparing.options(DataKind.CIFAR_10, folder, below), Silent.INSTANCE))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot write data set ");
  }

  @Test
  void folderWithOtherThingsIsLeftAlone() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    Path photo = folder.resolve("data/train/cat/photo.jpg");
    Files.createDirectories(photo.getParent());
    Files.writeString(photo, "dear to somebody");
    assertRefused(DataKind.CIFAR_10, raw, "it holds train/cat, which is no part of a data set");
    assertThat(photo).exists();
  }

  @Test
  void completeDatasetIsNotMadeAgain() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    Manifest first = prepare(DataKind.CIFAR_10, raw);
    Path shard = folder.resolve("data/train/shard-00000.parquet");
    Files.delete(shard);
    assertThat(prepare(DataKind.CIFAR_10, raw)).isEqualTo(first);
    assertThat(shard).doesNotExist();
  }

  @Test
  void datasetWithOtherOptionsIsRefused() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    prepare(DataKind.CIFAR_10, raw);
    PrepareOptions other =
        Preparing.options(DataKind.CIFAR_10, raw, folder.resolve("data"), 8, Preparing.SHARDS);
    assertThatThrownBy(() -> Preparation.prepare(spark, other, Silent.INSTANCE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data.seed is 7 there, but 8 now")
        .hasMessageContaining("delete it, or choose another data.name");
  }

  @Test
  void datasetOfOtherRawFilesIsRefused() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    prepare(DataKind.CIFAR_10, raw);
    RawFiles.cifar10(raw, 200, 10);
    assertRefused(DataKind.CIFAR_10, raw, "data_batch_1.bin of 61460 bytes, but now there is");
  }

  @Test
  void remainsOfAnInterruptedPreparationAreReplaced() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 100, 10);
    Path train = folder.resolve("data/train");
    Files.createDirectories(train);
    Files.writeString(train.resolve("shard-00099.parquet"), "old");
    Files.writeString(train.resolve(".shard-00000.parquet.12"), "half");
    prepare(DataKind.CIFAR_10, raw);
    try (Stream<Path> files = Files.list(train)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "shard-00000.parquet", "shard-00001.parquet", "shard-00002.parquet");
    }
  }

  @Test
  void generatedShapesPassThroughTheCifarReader() {
    Manifest manifest = prepare(DataKind.SHAPES, null);
    assertThat(folder.resolve("data-raw/data_batch_5.bin")).hasSize(40 * 3073);
    assertThat(manifest.kind()).isEqualTo("shapes");
    assertThat(manifest.classes()).startsWith("circle", "square", "triangle").hasSize(10);
    assertThat(manifest.split(Split.TEST).rowsPerClass()).isEqualTo(Collections.nCopies(10, 5L));
  }

  @Test
  void generationOfShapesEndsWhenWhoeverHearsOfItIsInterrupted() {
    Progress stopping =
        new Progress() {
          @Override
          public void began(String what) {}

          @Override
          public void advanced(Step step, long done) {
            assertThat(step.what()).isEqualTo("Generating files");
            Thread.currentThread().interrupt();
          }
        };
    PrepareOptions options = Preparing.options(DataKind.SHAPES, null, folder.resolve("data"));
    assertThatThrownBy(() -> Preparation.prepare(spark, options, stopping))
        .hasMessage("The preparation was interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void shapesOfAnotherSeedReplaceThoseThatAreThereWhereARenameDoesNot() throws IOException {
    RemoteFileSystems.configuration("")
        .forEach(e -> spark.sparkContext().hadoopConfiguration().set(e.getKey(), e.getValue()));
    Path file = folder.resolve("data-raw/data_batch_1.bin");
    prepareShapes(1);
    byte[] first = Files.readAllBytes(file);
    new Storage(RemoteFileSystems.configuration(""))
        .delete(Preparing.hadoop(folder.resolve("data")));
    prepareShapes(2);
    byte[] second = Files.readAllBytes(file);
    assertThat(second).hasSameSizeAs(first).isNotEqualTo(first);
  }

  private void prepareShapes(long seed) {
    org.apache.hadoop.fs.Path directory =
        new org.apache.hadoop.fs.Path("tree", null, folder.resolve("data").toString());
    Preparation.prepare(
        spark,
        Preparing.options(DataKind.SHAPES, null, directory, seed, Preparing.SHARDS),
        Silent.INSTANCE);
  }

  private static ImageKind images(Manifest manifest) {
    return manifest.schema().only(ImageKind.class).kind();
  }

  private Manifest prepare(DataKind kind, Path raw) {
    return Preparation.prepare(
        spark, Preparing.options(kind, raw, folder.resolve("data")), Silent.INSTANCE);
  }

  private void assertRefused(DataKind kind, Path raw, String... messageParts) {
    assertThatThrownBy(() -> prepare(kind, raw))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(messageParts);
  }

  private Dataset dataset() {
    return Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
  }

  private List<Shard> shards(Split split) {
    return dataset().manifest().split(split).shards();
  }

  private List<byte[]> records(Split split) {
    List<byte[]> records = new ArrayList<>();
    for (Shard shard : shards(split)) {
      Rows images = dataset().read(shard);
      byte[] pixels = images.field("pixels", ImageValues.class).pixels();
      for (int row = 0; row < images.count(); row++) {
        byte[] record = new byte[3073];
        record[0] = (byte) images.label(row);
        System.arraycopy(pixels, row * 3072, record, 1, 3072);
        records.add(record);
      }
    }
    return records;
  }

  private static List<byte[]> rawRecords(Path raw, String... files) throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (String file : files) {
      byte[] bytes = Files.readAllBytes(raw.resolve(file));
      for (int i = 0; i < bytes.length; i += 3073) {
        records.add(Arrays.copyOfRange(bytes, i, i + 3073));
      }
    }
    return records;
  }

  private static byte[][] sorted(List<byte[]> records) {
    return records.stream().sorted(Arrays::compare).toArray(byte[][]::new);
  }
}
