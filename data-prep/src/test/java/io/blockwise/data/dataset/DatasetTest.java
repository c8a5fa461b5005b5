package io.blockwise.data.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a small data set of format version 1 that is kept with the tests and must stay readable. */
class DatasetTest {
  private static final byte[] FIRST_PIXELS = {-61, -34, -115, -60, -36, -53};
  private static final int[] LABELS = {1, 0, 1, 1, 0, 0, 1};

  @TempDir Path folder;

  @BeforeEach
  void copyTheKeptDataset() throws IOException, URISyntaxException {
    Path kept = Path.of(DatasetTest.class.getResource("/dataset-v1").toURI());
    try (Stream<Path> found = Files.walk(kept)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(kept.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  @Test
  void keptDatasetIsRead() {
    Dataset dataset = open();
    assertThat(dataset.manifest().kind()).isEqualTo("image-folder");
    assertThat(dataset.manifest().classes()).containsExactly("cat", "dog");
    assertThat(dataset.manifest().shape()).isEqualTo(new ImageShape(3, 4, 4));
    assertThat(dataset.manifest().split(Split.TRAIN).rows()).isEqualTo(14);
    ImageShard second = dataset.read(shard(Split.TRAIN, 1));
    assertThat(second.rows()).isEqualTo(7);
    assertThat(second.firstRow()).isEqualTo(7);
    assertThat(second.pixels()).hasSize(7 * 48).startsWith(FIRST_PIXELS);
    assertThat(second.labels()).containsExactly(LABELS);
  }

  @Test
  void manifestIsWrittenAsItWasRead() throws IOException {
    byte[] json = Files.readAllBytes(folder.resolve("manifest.json"));
    assertThat(new String(ManifestJson.write(open().manifest()), UTF_8))
        .isEqualTo(new String(json, UTF_8));
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
    edit("manifest.json", "\"format_version\" : 1", "\"format_version\" : 2");
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its format version is 2, this program reads 1");
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
            1,
            whole.kind(),
            whole.classes(),
            whole.shape(),
            whole.flippable(),
            whole.seed(),
            whole.options(),
            whole.mean(),
            whole.standardDeviation(),
            whole.raw(),
            splits,
            0);
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
