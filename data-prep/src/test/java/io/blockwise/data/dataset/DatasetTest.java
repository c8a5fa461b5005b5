package io.blockwise.data.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Digests;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On small data sets, one of each format version, which are kept and must stay readable. */
class DatasetTest {
  private static final byte[] FIRST_PIXELS = {-61, -34, -115, -60, -36, -53};
  private static final int[] V3_ORIGINALS = {1, 0, 1, -1, 0, -1, -1};
  private static final int[] V3_LABELS = {0, 1, 1, 1, 1, 0, 1};
  private static final int[] LABELS = {1, 0, 1, 1, 0, 0, 1};

  private static final int[] V4_TITLE = {2, 3};
  private static final float[] V4_NUMBERS = {5, 2001, 3, 2000};

  @TempDir Path folder;

  @BeforeEach
  void copyTheNewestDataset() throws IOException, URISyntaxException {
    copyKeptDataset(2);
  }

  private void copyKeptDataset(int version) throws IOException, URISyntaxException {
    Path kept = Path.of(DatasetTest.class.getResource("/dataset-v" + version).toURI());
    try (Stream<Path> found = Files.walk(kept)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(kept.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void keptDatasetIsRead(int version) throws Exception {
    copyKeptDataset(version);
    Dataset dataset = open();
    assertThat(dataset.manifest().kind()).isEqualTo("image-folder");
    assertThat(dataset.manifest().classes()).containsExactly("cat", "dog");
    RowSchema.Field<ImageKind> field = dataset.manifest().schema().only(ImageKind.class);
    assertThat(field.name()).isEqualTo("pixels");
    assertThat(field.kind())
        .isEqualTo(
            new ImageKind(
                new ImageShape(3, 4, 4),
                true,
                List.of(0.5201155462184873, 0.5021008403361344, 0.5371673669467788),
                List.of(0.2870842321376196, 0.29694344144612644, 0.28335500585805146)));
    assertThat(dataset.manifest().split(Split.TRAIN).rows()).isEqualTo(14);
    Rows second = dataset.read(shard(Split.TRAIN, 1));
    assertThat(second.row(0)).isEqualTo(7);
    assertThat(second.field("pixels", ImageValues.class).pixels())
        .hasSize(7 * 48)
        .startsWith(FIRST_PIXELS);
    assertThat(IntStream.range(0, second.count()).map(second::label).toArray())
        .containsExactly(LABELS);
    assertThatThrownBy(() -> second.field("text", ImageValues.class))
        .hasMessage(
            "Cannot read field text of 7 rows from row 7 with fields [pixels] as ImageValues");
  }

  @Test
  void manifestIsWrittenAsItWasRead() throws IOException {
    byte[] json = Files.readAllBytes(folder.resolve("manifest.json"));
    assertThat(new String(ManifestJson.write(open().manifest()), UTF_8))
        .isEqualTo(new String(json, UTF_8));
  }

  /** 14 rows of train, of whose labels 7 were drawn from both classes. */
  @Test
  void keptDatasetOfTheThirdVersionSaysWhichLabelsWereDrawn() throws Exception {
    copyKeptDataset(3);
    Manifest manifest = open().manifest();
    assertThat(manifest.formatVersion()).isEqualTo(3);
    assertThat(manifest.drawn()).isEqualTo(7);
    assertThat(manifest.relabelled()).isEqualTo(4);
    Shard second = shard(Split.TRAIN, 1);
    assertThat(open().originalLabels(second)).containsExactly(V3_ORIGINALS);
    Rows rows = open().read(second);
    assertThat(IntStream.range(0, 7).map(rows::label).toArray()).containsExactly(V3_LABELS);
    manifestIsWrittenAsItWasRead();
  }

  @Test
  void marksThatAVersionDoesNotHaveAreDamage() throws Exception {
    copyKeptDataset(3);
    edit("manifest.json", "\"format_version\" : 3", "\"format_version\" : 2");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its manifest is damaged, version 2 with 4 of 7 labels changed (delete");
  }

  /** Texts with a title, and the numbers of two columns. */
  @Test
  void keptDatasetOfTheFourthVersionHasSideFields() throws Exception {
    copyKeptDataset(4);
    RowSchema schema = open().manifest().schema();
    assertThat(open().manifest().formatVersion()).isEqualTo(4);
    assertThat(schema.main().name()).isEqualTo("tokens");
    assertThat(schema.main(TokensKind.class).kind().vocabularySize()).isEqualTo(7);
    assertThat(schema.sides().keySet()).containsExactly("title", "numbers");
    NumbersKind kind = (NumbersKind) schema.sides().get("numbers");
    assertThat(kind.columns()).containsExactly("price", "year");
    Rows rows = open().read(shard(Split.TRAIN, 1));
    assertThat(rows.field("title", TokenValues.class).tokens(0)).containsExactly(V4_TITLE);
    assertThat(rows.field("numbers", NumberValues.class).numbers()).startsWith(V4_NUMBERS);
    assertThat(new String(open().read("title.vocabulary.txt"), UTF_8).lines())
        .containsExactly("<pad>", "<unk>", "name", "0", "1");
    manifestIsWrittenAsItWasRead();
  }

  @Test
  void sideFieldsThatAVersionDoesNotHaveAreDamage() throws Exception {
    copyKeptDataset(4);
    edit("manifest.json", "\"format_version\" : 4", "\"format_version\" : 3");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its manifest is damaged, version 3 with fields [tokens, title, numbers] (delete");
  }

  @Test
  void dataSetsThatRowsWereAppendedToAreKept() throws Exception {
    copyKeptDataset(5);
    assertThat(open().manifest().ancestors())
        .containsExactly(
            new Ancestor("monday", "5f".repeat(32)), new Ancestor("sunday", "a0".repeat(32)));
    manifestIsWrittenAsItWasRead();
  }

  @Test
  void ancestorsThatAVersionDoesNotHaveAreDamage() throws Exception {
    copyKeptDataset(5);
    edit("manifest.json", "\"format_version\" : 5", "\"format_version\" : 4");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its manifest is damaged, version 4 with [Ancestor[name=monday");
  }

  /** Of every third row the height is missing. */
  @Test
  void numbersThatAreMissingStayMissing() throws Exception {
    copyKeptDataset(6);
    NumbersKind kind = open().manifest().schema().only(NumbersKind.class).kind();
    assertThat(kind.columns()).containsExactly("width", "height");
    assertThat(kind.missingAsMean()).isTrue();
    float[] numbers =
        open().read(shard(Split.TRAIN, 1)).field("numbers", NumberValues.class).numbers();
    for (int i = 0; i < numbers.length; i += 2) {
      Float height = numbers[i] % 3 == 0 ? Float.NaN : numbers[i] / 4; // as an object NaN is equal
      assertThat(numbers[i + 1]).isEqualTo(height);
    }
    manifestIsWrittenAsItWasRead();
  }

  @Test
  void missingNumbersThatAVersionDoesNotHaveAreDamage() throws Exception {
    copyKeptDataset(6);
    edit("manifest.json", ",\n      \"missing_as_mean\" : true", "");
    Dataset dataset = open();
    assertThatThrownBy(() -> dataset.read(shard(Split.TRAIN, 1)))
        .hasStackTraceContaining("has a number that is NaN");
    copyKeptDataset(6);
    edit("manifest.json", "\"format_version\" : 6", "\"format_version\" : 2");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its manifest is damaged, version 2 with fields [numbers] (delete");
  }

  /** Row i has the width i, and counts as much as i + 1 halves. */
  @Test
  void weightsOfRowsAreKept() throws Exception {
    copyKeptDataset(7);
    RowSchema schema = open().manifest().schema();
    assertThat(schema.hasWeights()).isTrue();
    assertThat(schema.inputs().keySet()).containsExactly("numbers");
    Rows rows = open().read(shard(Split.TRAIN, 1));
    float[] widths = rows.field("numbers", NumberValues.class).numbers();
    for (int row = 0; row < rows.count(); row++) {
      assertThat(rows.weight(row)).isEqualTo((widths[row] + 1) / 2);
    }
    manifestIsWrittenAsItWasRead();
  }

  @Test
  void rowsWithoutWeightsAllCountAlike() throws Exception {
    copyKeptDataset(6);
    assertThat(open().manifest().schema().hasWeights()).isFalse();
    assertThat(open().read(shard(Split.TRAIN, 1)).weight(0)).isEqualTo(1);
  }

  @Test
  void weightsThatAVersionDoesNotHaveAreDamage() throws Exception {
    copyKeptDataset(7);
    edit("manifest.json", "\"format_version\" : 7", "\"format_version\" : 6");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its manifest is damaged, version 6 with fields [numbers, weight] (delete");
  }

  @Test
  void weightsUnderAnotherNameOrAloneAreDamage() throws Exception {
    copyKeptDataset(7);
    edit("manifest.json", "\"weight\" : {", "\"mass\" : {");
    assertThatThrownBy(this::open)
        .hasMessageContaining("its field mass is of weights (which must be named weight)");
    assertThatThrownBy(() -> new RowSchema(Map.of("mass", new WeightKind())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fingerprintChangesWithTheManifest() throws IOException {
    String before = open().fingerprint();
    edit("manifest.json", "\"seed\" : 7", "\"seed\" : 8");
    assertThat(before).hasSize(64).isNotEqualTo(open().fingerprint());
  }

  @Test
  void manifestAbsentIsRefused() throws IOException {
    Files.delete(folder.resolve("manifest.json"));
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot open data set ")
        .hasMessageContaining("it has no manifest.json (prepare the data set");
  }

  @Test
  void unknownFormatVersionIsRefused() throws IOException {
    edit("manifest.json", "\"format_version\" : 2", "\"format_version\" : 8");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its format version is 8, this program reads 1 to 7");
  }

  @Test
  void fieldOfAnUnknownKindIsRefused() throws IOException {
    edit("manifest.json", "\"kind\" : \"image\"", "\"kind\" : \"sound\"");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read data set "
                + folder
                + ": its field pixels is of kind sound, this program reads image, tokens, numbers, weight (use the version of"
                + " Blockwise that made it, or prepare the data set again)");
  }

  @Test
  void manifestOfTheFirstVersionWithoutAShapeIsDamaged() throws Exception {
    copyKeptDataset(1);
    edit("manifest.json", "\"shape\" :", "\"form\" :");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its manifest is damaged");
  }

  @Test
  void fieldWithoutStatisticsIsDamaged() throws IOException {
    String json = Files.readString(folder.resolve("manifest.json"));
    Files.writeString(
        folder.resolve("manifest.json"),
        json.replaceAll("(?s)(\"(mean|standard_deviation)\" : \\[)[^]]*", "$1"));
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its manifest is damaged, field pixels has no statistics (delete");
  }

  @Test
  void schemaSaysWhatNeedsAnotherOne() {
    ImageKind images = new ImageKind(new ImageShape(1, 2, 2), false);
    RowSchema two = new RowSchema(Map.of("left", images, "right", images));
    assertThat(two.rowBytes()).isEqualTo(12);
    assertThatThrownBy(() -> two.only(ImageKind.class))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot use a data set with field ")
        .hasMessageEndingWith(": this needs one field of kind image (choose another data set)");
    assertThatThrownBy(() -> two.main(TokensKind.class))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(": this needs a main field of kind tokens (choose another data set)");
    assertThatThrownBy(() -> new RowSchema(Map.of("label", images)))
        .hasMessageStartingWith("its fields are [label] (must be at least one");
  }

  @Test
  void firstFieldIsTheMainOneAndAllOthersAreSideFields() {
    ImageKind images = new ImageKind(new ImageShape(1, 2, 2), false);
    NumbersKind numbers = new NumbersKind(List.of("price"));
    RowSchema schema = RowSchema.of(images).with(Map.of("numbers", numbers));
    assertThat(schema.main(ImageKind.class).name()).isEqualTo("pixels");
    assertThat(schema.sides()).isEqualTo(Map.of("numbers", numbers));
    assertThat(schema.rowBytes()).isEqualTo(4 + 4 + 4);
    assertThat(schema.keeping(List.of("other"))).isEqualTo(RowSchema.of(images));
    assertThat(schema.keeping(List.of("numbers"))).isEqualTo(schema);
    assertThat(RowSchema.of(images).sides()).isEmpty();
    assertThatThrownBy(() -> schema.with(Map.of("numbers", images)))
        .hasMessage("it has a field numbers already");
  }

  @Test
  void damagedManifestIsRefused() throws IOException {
    edit("manifest.json", "\"rows\" : 14", "\"rows\" : 15");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its manifest is damaged, 15 rows, but 14 in shards");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../etc/passwd",
        "/etc/passwd",
        "train/../test/shard-00000.parquet",
        "train/shard-00001.parquet\\n",
        "hdfs://node/shard-00000.parquet"
      })
  void fileOutsideOfTheDataSetIsRefused(String name) throws IOException {
    edit("manifest.json", "train/shard-00000.parquet", name);
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read data set "
                + folder
                + ": its manifest is damaged, it names a file "
                + name
                + " instead of train/shard-00000.parquet (delete it and prepare the data set again)");
  }

  @Test
  void sizeThatNoImageHasIsRefused() throws IOException {
    edit("manifest.json", "\"height\" : 4", "\"height\" : 2147483647");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Invalid image height: 2147483647 (must be from 1 to 4096)");
  }

  @Test
  void shardWithAnotherChecksumIsRefused() throws IOException {
    Path file = folder.resolve("train/shard-00001.parquet");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> open().read(shard(Split.TRAIN, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Cannot read shard train/shard-00001.parquet: checksum [0-9a-f]{4}\\.\\.\\. does not"
                + " match the manifest's [0-9a-f]{4}\\.\\.\\. \\(prepare the data set again\\)");
  }

  @Test
  void truncatedShardIsRefused() throws IOException {
    Path file = folder.resolve("test/shard-00000.parquet");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> open().read(shard(Split.TEST, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its " + (bytes.length - 1) + " bytes are not the manifest's " + bytes.length);
  }

  @Test
  void missingShardIsRefused() throws IOException {
    Files.delete(folder.resolve("test/shard-00000.parquet"));
    assertThatThrownBy(() -> open().read(shard(Split.TEST, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot read shard test/shard-00000.parquet: it is missing from ");
  }

  @Test
  void fileBesideTheShardsIsReadIfItIsTheOneThatIsListed() throws IOException {
    Path file = folder.resolve("words.txt");
    Files.writeString(file, "cat\ndog\n");
    list("words.txt", 8, Digests.sha256("cat\ndog\n".getBytes(UTF_8)));
    assertThat(open().read("words.txt")).asString(UTF_8).isEqualTo("cat\ndog\n");
    assertThat(new String(open().manifest().json(), UTF_8))
        .isEqualTo(Files.readString(folder.resolve("manifest.json")));
    assertThatThrownBy(() -> open().read("other.txt"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot read other.txt: the data set has no such file (prepare the data set again)");
    Files.writeString(file, "cat\ndoh\n");
    assertThatThrownBy(() -> open().read("words.txt"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read words.txt: checksum ");
    Files.writeString(file, "cat\n");
    assertThatThrownBy(() -> open().read("words.txt"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its 4 bytes are not the manifest's 8");
    Files.delete(file);
    assertThatThrownBy(() -> open().read("words.txt"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read words.txt: it is missing from ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../words.txt", "train/words.txt", "manifest.json", ".words.txt"})
  void fileThatDoesNotLieBesideTheShardsIsRefused(String name) throws IOException {
    list(name, 8, "00");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("damaged, it names a file " + name + ", which is none of its own");
  }

  /** Adds a file to the manifest. */
  private void list(String name, long bytes, String sha256) throws IOException {
    String entry =
        "{\n      \"name\" : \"%s\",\n      \"bytes\" : %d,\n      \"sha256\" : \"%s\"\n    }";
    String json = Files.readString(folder.resolve("manifest.json"));
    Files.writeString(
        folder.resolve("manifest.json"),
        json.substring(0, json.lastIndexOf('\n', json.length() - 2))
            + ",\n  \"files\" : [\n    "
            + String.format(entry, name, bytes, sha256)
            + "\n  ]\n}\n");
  }

  @Test
  void shardWithMoreRowsThanAShardMayHaveIsRefused() throws IOException {
    // 52 bytes with the label, so 1,290,555 rows are 64 MiB
    edit("manifest.json", "\"rows\" : 7,\n          \"bytes\" : 977", shardOf(1_290_556));
    edit("manifest.json", "\"rows\" : 14", "\"rows\" : 1290563");
    edit("manifest.json", "7,\n        7", "7,\n        1290556");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot open data set "
                + folder
                + ": train/shard-00001.parquet has 65 MiB of rows, and a shard may have 64 (delete it"
                + " and make it anew: bin/blockwise prepare CONFIGURATION)");
    edit("manifest.json", shardOf(1_290_556), shardOf(1_290_555));
    edit("manifest.json", "1290563", "1290562");
    edit("manifest.json", "7,\n        1290556", "7,\n        1290555");
    assertThat(open().manifest().split(Split.TRAIN).rows()).isEqualTo(1_290_562);
  }

  private static String shardOf(int rows) {
    return "\"rows\" : " + rows + ",\n          \"bytes\" : 977";
  }

  @Test
  void rowsAreDealtIntoAsManyShardsAsTheirBytesNeed() {
    assertThat(Shard.count(45_000, 3076, 1)).isEqualTo(3);
    assertThat(Shard.count(45_000, 3076, 8)).isEqualTo(8);
    assertThat(Shard.count(1L << 14, 1 << 12, 1)).isEqualTo(1);
    assertThat(Shard.count((1L << 14) + 1, 1 << 12, 1)).isEqualTo(2);
  }

  @Test
  void missingSplitIsRefused() {
    Manifest whole = open().manifest();
    Map<Split, SplitContent> splits = new EnumMap<>(whole.splits());
    splits.remove(Split.VALIDATION);
    Manifest manifest =
        new Manifest(
            2,
            whole.kind(),
            whole.classes(),
            whole.fields(),
            whole.seed(),
            whole.options(),
            whole.raw(),
            splits,
            0,
            0,
            0,
            List.of(),
            List.of());
    assertThatThrownBy(() -> manifest.split(Split.VALIDATION))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use split validation: the data set has only [train, test] (prepare the data set"
                + " again)");
  }

  @Test
  void shardsWithAGapAreRefused() {
    List<Shard> shards = List.of(new Shard("a", 0, 3, 1, ""), new Shard("b", 4, 3, 1, ""));
    assertThatThrownBy(() -> new SplitContent(6, List.of(6L), shards))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("b starts at row 4 instead of 3");
  }

  private Dataset open() {
    return Dataset.open(new Configuration(), new org.apache.hadoop.fs.Path(folder.toString()));
  }

  private Shard shard(Split split, int number) {
    return open().manifest().split(split).shards().get(number);
  }

  private void edit(String file, String from, String to) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(from);
    Files.writeString(path, text.replace(from, to));
  }
}
