package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.dataset.WordVectors;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Tag("thorough")
class GlovePreparationTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static SparkSession spark;

  @TempDir Path folder;
  private Path glove;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void texts() throws IOException {
    glove = folder.resolve("vectors.txt");
    Files.createDirectories(folder.resolve("raw"));
    // the 80 times, film and rare 40 times: ids 2, 3, 4
    String rows = "\"1\",\"the the the film\"\n\"2\",\"the rare rare film\"\n";
    Files.writeString(folder.resolve("raw/train.csv"), rows.repeat(20));
    Files.writeString(folder.resolve("raw/test.csv"), "\"1\",\"other\"\n");
  }

  @Test
  void rowIsTheVectorOfTheIdWhateverThePiecesOfTheFile() throws IOException {
    Random random = SEED.random();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40_000; i++) { // more than one piece of 16 MiB
      String word = i == 70 || i == 39_998 ? "film" : i == 39_999 ? "the" : "w" + i;
      lines.append(word).append(numbers(random, 100)).append('\n');
    }
    Files.writeString(glove, lines);
    assertThat(Files.size(glove)).isGreaterThan(17 << 20);
    prepare();
    List<String> all = lines.toString().lines().toList();
    assertThat(matrix().dimension()).isEqualTo(100);
    assertThat(matrix().row(2)).isEqualTo(floats(all.get(39_999)));
    assertThat(matrix().row(3)).isEqualTo(floats(all.get(70)));
  }

  @Test
  void paddingIsZeroAndWordsWithoutAVectorGetNumbersOfTheSameDeviation() throws IOException {
    Random random = SEED.random(1);
    String the = numbers(random, 2000);
    String film = numbers(random, 2000);
    Files.writeString(glove, "film" + film + "\nthe" + the + "\nThe" + numbers(random, 2000));
    prepare();
    EmbeddingMatrix matrix = matrix();
    assertThat(matrix.rows()).isEqualTo(5);
    assertThat(matrix.row(0)).containsOnly(0);
    double deviation = deviation(floats("the" + the), floats("film" + film));
    for (int id : new int[] {TokensKind.UNKNOWN, 4}) {
      float[] row = matrix.row(id);
      assertThat(deviation(row)).isCloseTo(deviation, within(0.1 * deviation));
      assertThat(IntStream.range(0, 2000).mapToDouble(i -> row[i]).average().orElseThrow())
          .isCloseTo(0, within(0.1 * deviation));
    }
    assertThat(matrix.row(1)).isNotEqualTo(matrix.row(4));
  }

  @Test
  void coverageOfWordsAndTokensIsInTheManifest() throws IOException {
    Files.writeString(glove, "the 1 2\nof 3 4\nfilm 5 6\n");
    Manifest manifest = prepare();
    // validation took 2 of 20 rows of each class
    WordVectors vectors = manifest.schema().only(TokensKind.class).kind().vectors();
    assertThat(vectors).isEqualTo(new WordVectors(2, 2, 36 * 4, 36 * 3));
    assertThat(manifest.options()).containsEntry("data.text.glove", "vectors.txt");
    assertThat(manifest.files())
        .extracting("name")
        .containsExactly("vocabulary.txt", "embeddings.safetensors");
    assertThat(manifest.raw())
        .extracting("name")
        .containsExactly("train.csv", "test.csv", "vectors.txt");
  }

  @Test
  void wordsWithBlanksAndAFirstLineOfSizesAreNoVectorsOfOurs() throws IOException {
    Files.writeString(glove, "5 2\n. . . 1 2\nat the 3 4\nthe 5 6 \nfilm 7 8\r\nthe 9 9\n");
    prepare();
    assertThat(matrix().row(2)).containsExactly(5, 6); // the first of two
    assertThat(matrix().row(3)).containsExactly(7, 8);
  }

  @Test
  void emptyLinesArePassedOver() throws IOException {
    Files.writeString(glove, "\nthe 1 2\n\n \r\nfilm 5 7\n\n");
    prepare();
    assertThat(matrix().row(2)).containsExactly(1, 2);
    assertThat(matrix().row(3)).containsExactly(5, 7);
  }

  @Test
  void fileOfEmptyLinesIsRefused() throws IOException {
    Files.writeString(glove, "\n\n");
    assertRefused("most of its first lines have no blank (set data.text.glove to a text file");
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstWord() throws IOException {
    Files.writeString(glove, "\uFEFFthe 1 2\nfilm 5 7\n");
    prepare();
    assertThat(matrix().row(2)).containsExactly(1, 2);
  }

  @Test
  void sameFilesGiveTheSameBytesWhateverTheCores() throws IOException {
    Files.writeString(glove, "the 1 2\nfilm 5 7\n");
    prepare();
    byte[] manifest = Files.readAllBytes(folder.resolve("data/manifest.json"));
    spark.stop();
    spark = LocalSpark.start(1);
    Preparation.prepare(spark, options(folder.resolve("again")), Silent.INSTANCE);
    assertThat(folder.resolve("again/manifest.json")).hasBinaryContent(manifest);
  }

  @Test
  void dataSetIsUsedWithoutItsFileOfVectorsButNotWithAnother() throws IOException {
    Files.writeString(glove, "the 1 2\nfilm 5 7\n");
    Manifest manifest = prepare();
    Files.writeString(glove, "the 1 2\nfilm 5 77\n");
    assertRefused("it was made from vectors.txt of 17 bytes, but now there is vectors.txt of 18");
    Files.delete(glove);
    assertThat(prepare()).isEqualTo(manifest);
    glove = folder.resolve("others.txt");
    assertRefused("data.text.glove is vectors.txt there, but others.txt now");
  }

  @Test
  void damagedEmbeddingsAreRefused() throws IOException {
    Files.writeString(glove, "the 1 2\nfilm 5 7\n");
    prepare();
    Path file = folder.resolve("data/embeddings.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(this::matrix)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read embeddings.safetensors: checksum ");
    Files.delete(file);
    assertThatThrownBy(this::matrix)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("it is missing from ");
  }

  @Test
  void dataSetWithoutVectorsHasNoMatrix() {
    PrepareOptions options =
        Preparing.options(DataKind.YELP, folder.resolve("raw"), folder.resolve("data"));
    Preparation.prepare(spark, options, Silent.INSTANCE);
    assertThat(EmbeddingMatrix.of(dataset())).isEmpty();
  }

  @Test
  void linesOfAnotherDimensionAreRefused() throws IOException {
    Files.writeString(glove, "the 1 2\nfilm 3\nother 4 5\n");
    assertRefused(
        "Cannot read word vectors "
            + glove
            + ": line 2 has 1 number instead of 2 (correct it, or"
            + " get the file again: a line is a word and its numbers in UTF-8)");
    Files.writeString(glove, "the 1 2\nfilm 0.25 3 4\nother 4 5\n");
    assertRefused("line 2 has more than 2 numbers (correct it");
    Files.writeString(glove, "3 2\nthe 1 2 \nfilm\n");
    assertRefused("line 3 has 0 numbers instead of 2 (correct it");
    Files.writeString(glove, "the\nfilm\n");
    assertRefused("most of its first lines have no blank (set data.text.glove to a text file");
  }

  @Test
  void numbersThatAreNoneOrNotFiniteAreRefused() throws IOException {
    for (String bad : new String[] {"x", "NaN", "1e39", "-Infinity", "", "0,5"}) {
      Files.writeString(glove, "of a b\nthe 1 2\nfilm " + bad + " 1\n");
      assertRefused("line 3 has \"" + bad + "\", which is no finite number (correct it");
    }
  }

  @Test
  void fileWithoutAWordOfTheVocabularyIsRefused() throws IOException {
    Files.writeString(glove, "The 1 2\nFILM 3 4\n");
    assertRefused(
        "Cannot use word vectors "
            + glove
            + ": it has none of the 5 tokens of the vocabulary"
            + " (look at its language, at data.text.tokenizer and at data.text.lower-case)");
  }

  @Test
  void fileThatIsNotInUtf8IsRefused() throws IOException {
    Files.write(glove, "the 1 2\ncaf\u00e9 3 4\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("vectors.txt: line 2 is not in UTF-8 (correct it");
    String many = IntStream.range(0, 200).mapToObj(i -> "w 1 2\n").collect(Collectors.joining());
    Files.write(glove, (many + "caf\u00e9 3 4\n").getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("vectors.txt: line 201 is not in UTF-8 (correct it");
  }

  @Test
  void missingFileIsRefusedBeforeTextsAreRead() throws IOException {
    Files.writeString(folder.resolve("raw/train.csv"), "no row\n");
    assertRefused(
        "Cannot read word vectors "
            + glove
            + ": there is no such file, or it is empty (set"
            + " data.text.glove to a text file with a word and its numbers in every line)");
    Files.createDirectory(glove);
    assertRefused("vectors.txt: it is a directory (set data.text.glove to");
  }

  @Test
  void vectorsThatTakeTooMuchMemoryAreRefused() throws IOException {
    Files.writeString(glove, "1 99999\nthe 1 2\n");
    String words = IntStream.range(0, 1500).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    Files.writeString(
        folder.resolve("raw/train.csv"), ("\"1\",\"" + words + "\"\n\"2\",\"x\"\n").repeat(20));
    assertRefused(
        "Cannot make embeddings of 1503 ids: with 99999 numbers each they take 573 MiB, more than"
            + " 512 (lower data.text.vocabulary-size, or use shorter vectors)");
  }

  private static String numbers(Random random, int dimension) {
    return random
        .ints(dimension, -9999, 10_000)
        .mapToObj(number -> " " + number / 10_000.0)
        .collect(Collectors.joining());
  }

  /** The numbers of a line. */
  private static float[] floats(String line) {
    String[] fields = line.split(" ", -1);
    float[] values = new float[fields.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(fields[i + 1]);
    }
    return values;
  }

  private static double deviation(float[]... rows) {
    List<Double> values = new ArrayList<>();
    for (float[] row : rows) {
      for (float value : row) {
        values.add((double) value);
      }
    }
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    return Math.sqrt(
        values.stream().mapToDouble(v -> (v - mean) * (v - mean)).average().orElseThrow());
  }

  private PrepareOptions options(Path directory) {
    TextOptions text = Preparing.withGlove(glove);
    return Preparing.texts(DataKind.YELP, folder.resolve("raw"), directory, text);
  }

  private Manifest prepare() {
    return Preparation.prepare(spark, options(folder.resolve("data")), Silent.INSTANCE);
  }

  private Dataset dataset() {
    return Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
  }

  private EmbeddingMatrix matrix() {
    return EmbeddingMatrix.of(dataset()).orElseThrow();
  }

  private void assertRefused(String part) {
    assertThatThrownBy(this::prepare)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
