package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Ancestor;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New rows for a model that was trained on older ones. */
@Tag("thorough")
class AppendedRowsTest {
  private static SparkSession spark;

  @TempDir Path folder;
  private TextOptions text;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void writeVectors() throws IOException {
    Path vectors = folder.resolve("vectors.txt");
    Files.writeString(vectors, "sea 1 2\nwind 3 4\nnew 5 6\n");
    text = Preparing.withGlove(vectors);
  }

  @Test
  void textsGetTheClassesVocabularyAndVectorsOfTheOlderOnes() throws IOException {
    table("monday", "calm sea breeze", "storm wind gust", "ice snow frost");
    table("tuesday", "storm new wind", "ice new snow");
    Dataset monday = prepare("monday");
    Dataset tuesday = append("tuesday", "monday");

    Manifest manifest = tuesday.manifest();
    assertThat(manifest.formatVersion()).isEqualTo(5);
    assertThat(manifest.ancestors()).containsExactly(new Ancestor("monday", monday.fingerprint()));
    assertThat(manifest.classes()).containsExactly("calm", "ice", "storm");
    assertThat(manifest.fields()).isEqualTo(monday.manifest().fields());
    for (String beside : List.of("vocabulary.txt", "embeddings.safetensors")) {
      assertThat(tuesday.read(beside)).isEqualTo(monday.read(beside));
    }
    assertThat(rows(tuesday, Split.TRAIN)).containsOnly("2 <unk> wind", "1 <unk> snow");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(0L, 22L, 22L);
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass()).containsExactly(0L, 2L, 2L);
    assertThat(manifest.split(Split.TEST).rowsPerClass()).containsExactly(0L, 6L, 6L);
    assertThat(append("tuesday", "monday").fingerprint()).isEqualTo(tuesday.fingerprint());
  }

  @Test
  void imagesGetTheMeanOfTheOlderOnes() throws IOException {
    images("monday", 1, "bird", "cat", "dog");
    images("tuesday", 9, "cat", "dog");
    PrepareOptions first = Preparing.images(raw("monday"), data("monday"), 0);
    PrepareOptions second =
        Preparing.appended(data("monday"), Preparing.images(raw("tuesday"), data("tuesday"), 0));
    Manifest monday = Preparation.prepare(spark, first, Silent.INSTANCE);
    Manifest tuesday = Preparation.prepare(spark, second, Silent.INSTANCE);
    assertThat(tuesday.fields()).isEqualTo(monday.fields());
    assertThat(tuesday.classes()).containsExactly("bird", "cat", "dog");
    assertThat(tuesday.split(Split.TRAIN).rowsPerClass().get(0)).isZero();
    assertThat(tuesday.split(Split.TRAIN).rowsPerClass().get(2)).isPositive();
  }

  @Test
  void filesOfAnyDataSetBeforeAreRefused() throws IOException {
    table("monday", "calm sea", "storm wind");
    table("tuesday", "calm wind", "storm sea");
    prepare("monday");
    append("tuesday", "monday");
    Files.copy(
        raw("monday").resolve("train.csv"),
        Files.createDirectory(raw("third")).resolve("train.csv"));
    assertThatThrownBy(() -> append("third", "tuesday"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot append to data set "
                + data("tuesday")
                + ": raw file train.csv is in data set monday already (let data.path name a folder"
                + " with the new files only)");
    assertThat(data("third")).doesNotExist();
  }

  @Test
  void classThatTheOlderRowsDoNotHaveIsRefused() throws IOException {
    table("monday", "calm sea", "storm wind");
    table("tuesday", "calm sea", "fog wind");
    prepare("monday");
    assertRefused(
        "tuesday", "monday", "the new rows have class fog, which is none of its 2 classes");
  }

  @Test
  void rowsThatWouldBeReadInAnotherWayAreRefused() throws IOException {
    table("monday", "calm sea", "storm wind");
    table("tuesday", "calm wind", "storm sea");
    prepare("monday");
    text = Preparing.TEXT;
    assertRefused("tuesday", "monday", "data.text.glove is vectors.txt there, but not set now");
  }

  @Test
  void dataSetThatIsNotThereIsNamed() throws IOException {
    table("tuesday", "calm wind", "storm sea");
    assertThatThrownBy(() -> append("tuesday", "monday"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("Cannot open data set " + data("monday") + ": it has no manifest");
  }

  @Test
  void dataSetOfItsOwnIsNotTakenForOneThatWasAppended() throws IOException {
    table("monday", "calm sea", "storm wind");
    table("tuesday", "calm wind", "storm sea");
    prepare("monday");
    prepare("tuesday");
    assertThatThrownBy(() -> append("tuesday", "monday"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it was appended to none, but data.append-to is monday now");
  }

  private void assertRefused(String name, String parent, String fact) {
    assertThatThrownBy(() -> append(name, parent))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot append to data set " + data(parent) + ": " + fact);
    assertThat(data(name)).doesNotExist();
  }

  private Dataset prepare(String name) {
    return made(Preparing.texts(DataKind.TEXT, raw(name), data(name), text));
  }

  private Dataset append(String name, String parent) {
    PrepareOptions alone = Preparing.texts(DataKind.TEXT, raw(name), data(name), text);
    return made(Preparing.appended(data(parent), alone));
  }

  private static Dataset made(PrepareOptions options) {
    Preparation.prepare(spark, options, Silent.INSTANCE);
    return Dataset.open(new Configuration(), options.directory());
  }

  private Path raw(String name) {
    return folder.resolve(name + "-raw");
  }

  private Path data(String name) {
    return folder.resolve(name);
  }

  /** Thirty rows of every class, which is the first word. */
  private void table(String name, String... rows) throws IOException {
    StringBuilder table = new StringBuilder("label,text\n");
    for (int i = 0; i < 30; i++) {
      for (String row : rows) {
        table.append(row.replaceFirst(" ", ",")).append('\n');
      }
    }
    Files.writeString(Files.createDirectory(raw(name)).resolve("train.csv"), table);
  }

  private void images(String name, long seed, String... classes) throws IOException {
    for (String label : classes) {
      RawFiles.images(raw(name).resolve(label), 30, 8, 8, seed + label.hashCode());
    }
  }

  private static List<String> rows(Dataset dataset, Split split) {
    List<String> words = Vocabulary.words(dataset, "tokens");
    List<String> found = new ArrayList<>();
    for (Shard shard : dataset.manifest().split(split).shards()) {
      Rows rows = dataset.read(shard);
      TokenValues texts = rows.field("tokens", TokenValues.class);
      for (int row = 0; row < rows.count(); row++) {
        String line =
            Arrays.stream(texts.tokens(row)).mapToObj(words::get).collect(Collectors.joining(" "));
        found.add(rows.label(row) + " " + line);
      }
    }
    return found;
  }
}
