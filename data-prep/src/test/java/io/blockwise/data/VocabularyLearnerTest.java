package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.dataset.ListedFile;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.learn.Learned;
import io.blockwise.data.learn.VocabularyLearner;
import io.blockwise.data.options.Cleaning;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.progress.Step;
import io.blockwise.data.text.TextAnalysis;
import io.blockwise.testing.RandomSeed;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VocabularyLearnerTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void idsFollowCountsAndOfEqualsTheOrderOfTheWords() throws Exception {
    Learned learned = learn(options(100, 1, "auto"), 3, List.of("b a c c", "zebra c b a", "ü b"));
    assertThat(vocabulary(learned)).containsExactly("<pad>", "<unk>", "b", "c", "a", "zebra", "ü");
    assertThat(kind(learned).vocabularySize()).isEqualTo(7);
    assertThat(ids(learned, "c nothing ü a")).containsExactly(3, 1, 6, 4);
  }

  @Test
  void orderAndPartitionsOfTheTextsDoNotShow() throws Exception {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      texts.add("w" + i % 7 + " w" + i % 31 + " w" + i % 90);
    }
    List<String> expected = vocabulary(learn(options(40, 2, "9"), 1, texts));
    Collections.shuffle(texts, SEED.random());
    assertThat(vocabulary(learn(options(40, 2, "9"), 5, texts))).isEqualTo(expected).hasSize(40);
  }

  @Test
  void sizeCountsTheTwoReservedIdsAndRareWordsHaveNone() throws Exception {
    List<String> texts = List.of("a a a b b c", "d");
    assertThat(vocabulary(learn(options(4, 1, "auto"), 2, texts)))
        .containsExactly("<pad>", "<unk>", "a", "b");
    assertThat(vocabulary(learn(options(100, 2, "auto"), 2, texts)))
        .containsExactly("<pad>", "<unk>", "a", "b");
  }

  @Test
  void greatestLengthIsThatOfNineteenInTwentyTexts() throws Exception {
    List<String> texts =
        IntStream.rangeClosed(1, 100).mapToObj(length -> "x ".repeat(length)).toList();
    assertThat(kind(learn(options(9, 1, "auto"), 3, texts)).maxLength()).isEqualTo(95);
    assertThat(kind(learn(options(9, 1, "17"), 3, texts)).maxLength()).isEqualTo(17);
    List<String> long1 = List.of("x ".repeat(100_000), "x");
    assertThat(kind(learn(options(9, 1, "auto"), 1, long1)).maxLength()).isEqualTo(512);
    List<String> empty =
        Stream.concat(Collections.nCopies(99, "").stream(), Stream.of("x")).toList();
    assertThat(kind(learn(options(9, 1, "auto"), 1, empty)).maxLength()).isEqualTo(1);
  }

  @Test
  void trainWithoutAWordIsRefused() {
    assertThatThrownBy(() -> learn(options(9, 2, "auto"), 1, List.of("a b", "...", "")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot learn a vocabulary: no token occurs 2 times in train (lower data.text.min-count,"
                + " or look at the texts)");
  }

  private static TextOptions options(int size, int minCount, String maxLength) {
    return new TextOptions(
        Tokenizer.STANDARD,
        true,
        true,
        false,
        size,
        minCount,
        MaxLength.parse(maxLength),
        Optional.empty(),
        "label",
        "text");
  }

  private static Learned learn(TextOptions options, int partitions, List<String> texts)
      throws Exception {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Cleaning cleaning = options.cleaning();
    JavaRDD<byte[][]> train =
        context.parallelize(texts, partitions).map(text -> row(cleaning, text));
    RowSchema raw = RowSchema.of(new TokensKind(options.cleaning(), 0, options.maxLength().most()));
    Step step = new Step("Reading rows", texts.size(), Step.Unit.PIECES);
    return new VocabularyLearner(options, new Storage(new Configuration()), 7)
        .learn(
            raw,
            train,
            new ReportedJob(step, spark.sparkContext().longAccumulator(), Silent.INSTANCE));
  }

  /** As a source has it. */
  private static byte[][] row(Cleaning cleaning, String text) {
    return new byte[][] {new TextAnalysis(cleaning).tokens(text)};
  }

  private static TokensKind kind(Learned learned) {
    return learned.schema().only(TokensKind.class).kind();
  }

  private static int[] ids(Learned learned, String text) {
    byte[] ids = learned.values(row(kind(learned).cleaning(), text))[0];
    int[] values = new int[ids.length / Integer.BYTES];
    ByteBuffer.wrap(ids).asIntBuffer().get(values);
    return values;
  }

  private List<String> vocabulary(Learned learned) throws Exception {
    List<ListedFile> files =
        learned.writeBeside(new Storage(new Configuration()), Preparing.hadoop(folder));
    assertThat(files).extracting(ListedFile::name).containsExactly("vocabulary.txt");
    return Files.readAllLines(folder.resolve("vocabulary.txt"));
  }
}
