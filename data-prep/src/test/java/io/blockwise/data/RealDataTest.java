package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WordVectors;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.text.EmbeddingMatrix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDataTest {
  private static final String ROOT = System.getenv("BLOCKWISE_DATA");

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = ROOT == null ? null : LocalSpark.start(2);
  }

  @BeforeEach
  void skipWithoutTheFiles() {
    assumeTrue(ROOT != null, "set BLOCKWISE_DATA to the folder of the real data sets");
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void cifar10IsPreparedFromItsFolderOrTheOneAbove() {
    Manifest manifest = prepare(DataKind.CIFAR_10, "cifar-10");
    assertThat(manifest.classes()).startsWith("airplane", "automobile").endsWith("ship", "truck");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).isEqualTo(Collections.nCopies(10, 900L));
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass())
        .isEqualTo(Collections.nCopies(10, 100L));
    assertThat(manifest.split(Split.TEST).rows()).isEqualTo(2000);
    ImageKind images = manifest.schema().only(ImageKind.class).kind();
    // Of the full training set these are 0.491, 0.482, 0.447 and 0.247, 0.243, 0.262.
    assertThat(images.mean().get(0)).isBetween(0.48, 0.50);
    assertThat(images.mean().get(2)).isBetween(0.43, 0.46);
    assertThat(images.standardDeviation().get(1)).isBetween(0.235, 0.25);
  }

  @Test
  void cifar100HasItsFineClasses() {
    Manifest manifest = prepare(DataKind.CIFAR_100, "cifar-100/cifar-100-binary");
    assertThat(manifest.classes()).hasSize(100).startsWith("apple").endsWith("worm");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).isEqualTo(Collections.nCopies(100, 90L));
  }

  @Test
  void tinyImageNetHasTheClassesThatAreListedAndItsValAsTest() {
    Manifest manifest = prepare(DataKind.TINY_IMAGENET, "tiny-imagenet");
    assertThat(manifest.classes()).hasSize(20).startsWith("Egyptian cat", "reel");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).isEqualTo(Collections.nCopies(20, 180L));
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass())
        .isEqualTo(Collections.nCopies(20, 20L));
    assertThat(manifest.split(Split.TEST).rowsPerClass()).isEqualTo(Collections.nCopies(20, 50L));
    ImageKind images = manifest.schema().only(ImageKind.class).kind();
    assertThat(images.shape()).isEqualTo(new ImageShape(3, 64, 64));
    // Of all 200 classes these are 0.480, 0.448, 0.398 and 0.277, 0.269, 0.282.
    assertThat(images.mean().get(0)).isBetween(0.45, 0.51);
    assertThat(images.mean().get(2)).isBetween(0.36, 0.44);
    assertThat(images.standardDeviation().get(1)).isBetween(0.25, 0.29);
  }

  @Test
  void agNewsIsPreparedWithTheWordsOfTrain() {
    Manifest manifest = prepare(DataKind.AG_NEWS, "ag_news");
    assertThat(manifest.classes()).containsExactly("World", "Sports", "Business", "Sci/Tech");
    assertThat(manifest.split(Split.TRAIN).rows()).isEqualTo(10_800);
    assertThat(manifest.split(Split.VALIDATION).rows()).isEqualTo(1200);
    assertThat(manifest.split(Split.TEST).rows()).isEqualTo(2000);
    assertThat(vocabulary(manifest))
        .hasSize(5000)
        .startsWith("<pad>", "<unk>", "the")
        .contains("it's", "world's", "don't")
        .doesNotContain("quot", "amp", "href", "fullquote", "verdana");
    assertThat(texts(manifest).maxLength()).isBetween(40, 100);
  }

  @Test
  void imdbIsPreparedFromItsTree() {
    Manifest manifest = prepare(DataKind.IMDB, "imdb");
    assertThat(manifest.classes()).containsExactly("neg", "pos");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(900L, 900L);
    assertThat(manifest.split(Split.TEST).rowsPerClass()).containsExactly(500L, 500L);
    assertThat(vocabulary(manifest)).startsWith("<pad>", "<unk>", "the").doesNotContain("br");
    assertThat(texts(manifest).maxLength()).isEqualTo(512);
  }

  @Test
  void sst2HasItsOwnSplits() {
    Manifest manifest = prepare(DataKind.SST2, "sst2");
    assertThat(manifest.split(Split.TRAIN).rows()).isEqualTo(6920);
    assertThat(manifest.split(Split.VALIDATION).rows()).isEqualTo(872);
    assertThat(manifest.split(Split.TEST).rows()).isEqualTo(1821);
    assertThat(vocabulary(manifest)).startsWith("<pad>", "<unk>", "the").contains("film");
    assertThat(texts(manifest).maxLength()).isBetween(30, 45);
  }

  @Test
  void everyRowOfTheEmbeddingsIsTheVectorOfItsWord() throws IOException {
    Path glove = Path.of(ROOT).resolve("glove/glove.6B.50d.small.txt");
    Manifest manifest =
        Preparation.prepare(
            spark,
            Preparing.texts(
                DataKind.SST2,
                Path.of(ROOT).resolve("sst2"),
                folder.resolve("data"),
                Preparing.withGlove(glove)),
            Silent.INSTANCE);
    Map<String, String> numbers =
        Files.readAllLines(glove).stream()
            .map(line -> line.split(" ", 2))
            .collect(Collectors.toMap(word -> word[0], word -> word[1]));
    List<String> words = vocabulary(manifest);
    EmbeddingMatrix matrix =
        EmbeddingMatrix.of(
                Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data"))))
            .orElseThrow();
    int found = 0;
    for (int id = 2; id < words.size(); id++) {
      if (numbers.containsKey(words.get(id))) {
        assertThat(matrix.row(id)).as(words.get(id)).isEqualTo(floats(numbers.get(words.get(id))));
        found++;
      }
    }
    WordVectors vectors = texts(manifest).vectors();
    assertThat(vectors.words()).isEqualTo(found).isBetween(2500, 4998);
    assertThat(vectors.tokenCoverage()).isBetween(0.75, 0.95);
  }

  private static float[] floats(String numbers) {
    String[] texts = numbers.split(" ", -1);
    float[] values = new float[texts.length];
    for (int i = 0; i < texts.length; i++) {
      values[i] = Float.parseFloat(texts[i]);
    }
    return values;
  }

  private static TokensKind texts(Manifest manifest) {
    TokensKind kind = manifest.schema().only(TokensKind.class).kind();
    assertThat(kind.vocabularySize()).isEqualTo(5000);
    return kind;
  }

  /** Checks as well that every row can be read. */
  private List<String> vocabulary(Manifest manifest) {
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
    for (SplitContent split : manifest.splits().values()) {
      split.shards().forEach(dataset::read);
    }
    return new String(dataset.read("vocabulary.txt"), StandardCharsets.UTF_8).lines().toList();
  }

  private Manifest prepare(DataKind kind, String raw) {
    return Preparation.prepare(
        spark,
        Preparing.options(kind, Path.of(ROOT).resolve(raw), folder.resolve("data")),
        Silent.INSTANCE);
  }
}
