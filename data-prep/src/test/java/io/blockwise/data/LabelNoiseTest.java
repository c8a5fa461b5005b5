package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.progress.Step;
import io.blockwise.data.shard.Sharding;
import io.blockwise.data.shard.ShardingOptions;
import io.blockwise.data.source.IdxSource;
import io.blockwise.data.source.RawRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("thorough")
class LabelNoiseTest {
  private static final LabelNoise.Kind INCL = LabelNoise.Kind.SYMMETRIC_INCL;
  private static final LabelNoise.Kind EXCL = LabelNoise.Kind.SYMMETRIC_EXCL;

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

  /** 10,000 rows of two classes, of which 9,000 are train: 3,600 are drawn anew. */
  @Test
  void halfOfTheLabelsDrawnFromBothOfTwoClassesStay() throws Exception {
    Path raw = RawFiles.idx(folder.resolve("raw"), 10_000, 20, 2);
    Files.write(raw.resolve("train-labels-idx1-ubyte"), twoClasses(10_000));
    Files.write(raw.resolve("t10k-labels-idx1-ubyte"), twoClasses(20));
    // 1,800 expected with a deviation of 30
    assertThat(flipped(raw, new LabelNoise(0.4, INCL)) / 9000.0).isBetween(0.18, 0.22);
    assertThat(flipped(raw, new LabelNoise(0.4, EXCL)) / 9000.0).isEqualTo(0.4);
  }

  private static byte[] twoClasses(int rows) {
    ByteBuffer labels = ByteBuffer.allocate(8 + rows).putInt(0x801).putInt(rows);
    IntStream.range(0, rows).forEach(row -> labels.put((byte) (row % 2)));
    return labels.array();
  }

  private long flipped(Path raw, LabelNoise noise) throws Exception {
    Storage storage = new Storage(new Configuration());
    RawRows rows = new IdxSource(storage, Preparing.hadoop(raw), List.of("even", "odd")).open();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ShardingOptions options = new ShardingOptions(7, 0.1, 0.2, Preparing.SHARDS, noise, true);
    return new Sharding(context, storage, rows, Silent.INSTANCE).deal("two", options).relabelled();
  }

  @ParameterizedTest
  @CsvSource({"0.333", "0.0026", "1"})
  void exactlySoManyRowsOfTrainGetAnotherClassAndNothingElseChanges(double rate)
      throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 1000, 100);
    Manifest clean = prepare(DataKind.CIFAR_10, raw, "clean", LabelNoise.NONE);
    Manifest noisy = prepare(DataKind.CIFAR_10, raw, "noisy", new LabelNoise(rate, EXCL));
    long chosen = Math.round(900 * rate);
    assertThat(noisy.relabelled()).isEqualTo(chosen);
    assertThat(noisy.flipRate()).isEqualTo(chosen / 900.0);
    assertThat(differences("clean", "noisy", Split.TRAIN)).isEqualTo((int) chosen);
    assertThat(differences("clean", "noisy", Split.VALIDATION)).isZero();
    assertThat(differences("clean", "noisy", Split.TEST)).isZero();
    assertThat(labels("noisy", Split.TRAIN)).isEqualTo(noisy.split(Split.TRAIN).rowsPerClass());
    assertThat(noisy.schema()).isEqualTo(clean.schema());
    assertThat(noisy.drawn()).isEqualTo(chosen);
    assertThat(marked("clean", "noisy")).isEqualTo(chosen);
  }

  @Test
  void rowsThatDrewTheirOwnClassAreMarkedAsWell() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 1000, 100);
    prepare(DataKind.CIFAR_10, raw, "clean", LabelNoise.NONE);
    Manifest noisy = prepare(DataKind.CIFAR_10, raw, "noisy", new LabelNoise(0.5, INCL));
    assertThat(noisy.drawn()).isEqualTo(450);
    assertThat(noisy.relabelled()).isBetween(360L, 448L); // 405 expected, with a deviation of 6
    assertThat(marked("clean", "noisy")).isEqualTo(450);
  }

  @Test
  void onlyLabelsThatWereDrawnTakeTheThirdVersion() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 200, 20);
    Manifest clean = prepare(DataKind.CIFAR_10, raw, "clean", LabelNoise.NONE);
    assertThat(clean.formatVersion()).isEqualTo(2);
    assertThat(Files.readString(folder.resolve("clean/manifest.json"))).doesNotContain("drawn");
    Shard first = clean.split(Split.TRAIN).shards().get(0);
    assertThat(dataset("clean").originalLabels(first)).containsOnly(Dataset.NOT_DRAWN);
    Manifest noisy = prepare(DataKind.CIFAR_10, raw, "noisy", new LabelNoise(0.5, EXCL));
    assertThat(noisy.formatVersion()).isEqualTo(3);
    for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
      assertThat(noisy.split(split)).isEqualTo(clean.split(split));
    }
  }

  /** Rows of train with a mark; their original labels have to be those of the clean data set. */
  private long marked(String clean, String noisy) {
    long marked = 0;
    List<Shard> shards = dataset(clean).manifest().split(Split.TRAIN).shards();
    for (int i = 0; i < shards.size(); i++) {
      Shard other = dataset(noisy).manifest().split(Split.TRAIN).shards().get(i);
      Rows before = dataset(clean).read(shards.get(i));
      Rows after = dataset(noisy).read(other);
      int[] originals = dataset(noisy).originalLabels(other);
      assertThat(originals).hasSize(before.count());
      for (int row = 0; row < before.count(); row++) {
        boolean drawn = originals[row] != Dataset.NOT_DRAWN;
        assertThat(drawn ? originals[row] : after.label(row)).isEqualTo(before.label(row));
        marked += drawn ? 1 : 0;
      }
    }
    return marked;
  }

  /** Every other class 100 times in the mean of 900 draws, with a deviation of 9. */
  @Test
  void allOtherClassesAreEquallyLikely() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 1000, 100);
    Manifest incl = prepare(DataKind.CIFAR_10, raw, "incl", new LabelNoise(1, INCL));
    assertThat(incl.split(Split.TRAIN).rowsPerClass()).allMatch(rows -> rows > 36 && rows < 144);
    // of 900 draws of ten classes 90 keep their own, with a deviation of 9
    assertThat(incl.relabelled()).isBetween(756L, 864L);
  }

  @Test
  void theSameSeedGivesTheSameBytesOnAnyNumberOfCores() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 3000, 100);
    LabelNoise noise = new LabelNoise(0.4, INCL);
    prepare(DataKind.CIFAR_10, raw, "two", noise);
    spark.stop();
    spark = LocalSpark.start(1);
    prepare(DataKind.CIFAR_10, raw, "one", noise);
    Map<String, byte[]> one = files("one");
    Map<String, byte[]> two = files("two");
    assertThat(two).containsOnlyKeys(one.keySet()).containsKey("manifest.json");
    one.forEach((name, bytes) -> assertThat(two.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void otherNoiseIsAnotherDataSet() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 200, 20);
    LabelNoise noise = new LabelNoise(0.4, INCL);
    Manifest manifest = prepare(DataKind.CIFAR_10, raw, "data", noise);
    assertThat(prepare(DataKind.CIFAR_10, raw, "data", noise)).isEqualTo(manifest);
    assertRefused(
        raw, LabelNoise.NONE, "data.label-noise.kind is symmetric-incl there, but not set");
    assertRefused(
        raw, new LabelNoise(0.2, INCL), "data.label-noise.rate is 0.4 there, but 0.2 now");
    prepare(DataKind.CIFAR_10, raw, "clean", new LabelNoise(0, EXCL));
    prepare(DataKind.CIFAR_10, raw, "clean", LabelNoise.NONE);
  }

  @Test
  void theEffectiveRateIsTold() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 200, 20);
    List<String> lines = new ArrayList<>();
    Progress progress =
        new Progress() {
          @Override
          public void began(String what) {
            lines.add(what);
          }

          @Override
          public void advanced(Step step, long done) {}
        };
    Preparation.prepare(
        spark, options(DataKind.CIFAR_10, raw, "data", new LabelNoise(0.5, EXCL)), progress);
    assertThat(lines)
        .contains(
            "Drew 90 of 180 labels of train anew (symmetric-excl): 90 are others, an effective rate"
                + " of 0.5000");
  }

  private void assertRefused(Path raw, LabelNoise noise, String message) {
    assertThatThrownBy(() -> prepare(DataKind.CIFAR_10, raw, "data", noise))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(message, "delete it, or choose another data.name");
  }

  private Manifest prepare(DataKind kind, Path raw, String name, LabelNoise noise) {
    return Preparation.prepare(spark, options(kind, raw, name, noise), Silent.INSTANCE);
  }

  private PrepareOptions options(DataKind kind, Path raw, String name, LabelNoise noise) {
    return Preparing.noisy(Preparing.options(kind, raw, folder.resolve(name)), noise);
  }

  /** Rows with another label; the images have to be the same in the same order. */
  private int differences(String first, String second, Split split) {
    int differences = 0;
    for (Shard shard : dataset(first).manifest().split(split).shards()) {
      Rows one = dataset(first).read(shard);
      Rows two =
          dataset(second).read(dataset(second).manifest().split(split).shards().get(number(shard)));
      assertThat(two.field("pixels", ImageValues.class).pixels())
          .isEqualTo(one.field("pixels", ImageValues.class).pixels());
      for (int row = 0; row < one.count(); row++) {
        differences += one.label(row) == two.label(row) ? 0 : 1;
      }
    }
    return differences;
  }

  private static int number(Shard shard) {
    return Integer.parseInt(shard.file().replaceAll("\\D", ""));
  }

  private List<Long> labels(String name, Split split) {
    long[] counts = new long[10];
    for (Shard shard : dataset(name).manifest().split(split).shards()) {
      Rows rows = dataset(name).read(shard);
      IntStream.range(0, rows.count()).forEach(row -> counts[rows.label(row)]++);
    }
    return Arrays.stream(counts).boxed().toList();
  }

  private Dataset dataset(String name) {
    return Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve(name)));
  }

  private Map<String, byte[]> files(String name) throws IOException {
    Path directory = folder.resolve(name);
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
