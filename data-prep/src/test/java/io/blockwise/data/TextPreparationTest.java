package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.progress.Silent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextPreparationTest {
  private static final TextOptions LONG = options(Tokenizer.STANDARD, "9", "label", "text");

  private static SparkSession spark;

  @TempDir Path folder;
  private Path raw;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void makeFolder() throws IOException {
    raw = Files.createDirectory(folder.resolve("raw"));
  }

  @Test
  void newsAreTitleAndDescriptionWithTheNamesOfTheirClasses() throws IOException {
    news(20);
    write("test.csv", "\"4\",\"\",\"Sea, \"\"deep\"\" blue\\and news1\"\n\"1\",\"only1\",\"\"\n");
    Manifest manifest = prepare(DataKind.AG_NEWS, LONG);
    assertThat(manifest.classes()).containsExactly("World", "Sports", "Business", "Sci/Tech");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(18L, 18L, 18L, 18L);
    assertThat(manifest.split(Split.VALIDATION).rowsPerClass()).containsExactly(2L, 2L, 2L, 2L);
    assertThat(rows(Split.TEST))
        .containsExactlyInAnyOrder("3 <unk> <unk> <unk> <unk> news1", "0 <unk>");
    assertThat(rows(Split.TRAIN)).allMatch(row -> row.matches("[0-3] title[0-3] news[0-9]+"));
    assertThat(manifest.raw())
        .extracting("name")
        .containsExactly("train.csv", "test.csv", "classes.txt");
    assertThat(manifest.options())
        .containsEntry("data.text.tokenizer", "standard")
        .containsEntry("data.text.max-length", "9");
    assertThat(manifest.files()).extracting("name").containsExactly("vocabulary.txt");
  }

  /** Most of its entities have lost their ampersand, and its tags are written with them. */
  @Test
  void entitiesOfNewsAreCharacters() throws IOException {
    news(20);
    write(
        "train.csv",
        "\"1\",\"Title\",\"They #39;re  quot;here quot; at Johnson  amp; Johnson #146;s\"\n"
                .repeat(20)
            + "\"2\",\"A\",\"quot;B#39; C;&lt;A HREF=\"\"http://x/clk;1\"\"&gt;link&lt;/A&gt;\"\n"
                .repeat(20)
            + "\"3\",\"&lt;b&gt;x&lt;/b&gt;\",\"\"\n\"4\",\"\",\"1 &lt; 2 &#38;lt; #39; 9\"\n"
                .repeat(20));
    write("test.csv", "\"1\",\"Title\",\"They #39;re\"\n");
    Manifest manifest = prepare(DataKind.AG_NEWS, LONG);
    assertThat(rows(Split.TEST)).containsExactly("0 title they're");
    assertThat(rows(Split.TRAIN))
        .containsOnly(
            "0 title they're here at johnson johnson’s", "1 a b 39 c link", "2 x", "3 1 2 9");
    assertThat(manifest.options()).containsEntry("data.text.entities", "characters");
  }

  @Test
  void newsOfBeforeEntitiesWereCharactersAreOthers() throws IOException {
    news(20);
    write("test.csv", "\"1\",\"a\",\"b\"\n");
    prepare(DataKind.AG_NEWS);
    editManifest("\"data.text.entities\" ?: ?\"characters\", *", "");
    assertRefused(
        DataKind.AG_NEWS, "data.text.entities is not set there, but characters now (delete it, or");
  }

  @Test
  void dataSetThatDoesNotListTheFileOfItsClassesIsStillUsed() throws IOException {
    write("train.csv", pairs("1", "2", "x").replace(",", ",\"Title\","));
    write("test.csv", "1,Title,x\n");
    write("classes.txt", "Company\nArtist\n");
    prepare(DataKind.DBPEDIA);
    editManifest(",\\s*\\{[^{]*\"classes.txt\"[^}]*\\}", "");
    assertThat(prepare(DataKind.DBPEDIA).raw())
        .extracting("name")
        .containsExactly("train.csv", "test.csv");
    write("classes.txt", "Artist\nCompany\n");
    assertRefused(
        DataKind.DBPEDIA,
        "its classes are Company, Artist, but now they are Artist, Company (delete it, or");
  }

  @Test
  void vocabularyIsThatOfTrainAlone() throws IOException {
    StringBuilder train = new StringBuilder();
    for (int row = 0; row < 200; row++) {
      train.append("\"").append(row % 2 + 1).append("\",\"word").append(row).append("\"\n");
    }
    write("train.csv", train.toString());
    write("test.csv", "\"1\",\"unseen\"\n\"2\",\"unseen\"\n");
    prepare(DataKind.YELP);
    List<String> words = vocabulary().subList(2, vocabulary().size());
    assertThat(words).hasSize(180).doesNotContain("unseen").isSorted();
    assertThat(rows(Split.TRAIN))
        .map(row -> row.substring(2))
        .containsExactlyInAnyOrderElementsOf(words);
    assertThat(rows(Split.VALIDATION)).hasSize(20).allMatch(row -> row.endsWith(" <unk>"));
  }

  @Test
  void lineBreaksOfReviewsAreBorders() throws IOException {
    write("train.csv", pairs("5", "1", "good\\nbad"));
    write("test.csv", "\"5\",\"good\\n\\nbad \\\"\"so\\\"\"\"\n");
    Manifest manifest = prepare(DataKind.YELP, LONG);
    assertThat(manifest.classes()).containsExactly("1", "5");
    assertThat(rows(Split.TEST)).containsExactly("1 good bad <unk>");
  }

  @Test
  void articlesAreWithoutTheirTitles() throws IOException {
    write("dbpedia_csv/train.csv", "1,Title,content one\n".repeat(20) + "2,Title,two\n".repeat(20));
    write("dbpedia_csv/test.csv", "2,Title,two\n");
    write("dbpedia_csv/classes.txt", "Company\nArtist\n");
    prepare(DataKind.DBPEDIA);
    assertThat(vocabulary()).contains("content", "one", "two").doesNotContain("title");
  }

  @Test
  void sentencesHaveTheirOwnValidationAndTestSplits() throws IOException {
    write("train.tsv", "a \"quote\t1\nb\t0\n".repeat(10));
    write("dev.tsv", "b\t0\na\t1");
    write("test.tsv", "a\t1");
    Manifest manifest = prepare(DataKind.SST2);
    assertThat(manifest.classes()).containsExactly("0", "1");
    assertThat(manifest.split(Split.TRAIN).rows()).isEqualTo(20);
    assertThat(rows(Split.VALIDATION)).containsExactlyInAnyOrder("0 b", "1 a");
    assertThat(rows(Split.TEST)).containsExactly("1 a");
  }

  @Test
  void devIsTheTestSplitWhereTestHasNoClasses() throws IOException {
    write("SST-2/train.tsv", "sentence\tlabel\n" + "a\t1\nb\t0\n".repeat(20));
    write("SST-2/dev.tsv", "sentence\tlabel\nb\t0\na\t1\n");
    write("SST-2/test.tsv", "index\tsentence\n0\tc\n");
    Manifest manifest = prepare(DataKind.SST2);
    assertThat(rows(Split.TEST)).containsExactlyInAnyOrder("0 b", "1 a");
    assertThat(manifest.split(Split.VALIDATION).rows()).isEqualTo(4);
    assertThat(manifest.split(Split.TRAIN).rows()).isEqualTo(36);
  }

  @Test
  void reviewsAreFilesInFolders() throws IOException {
    for (String split : List.of("train", "test")) {
      for (int i = 0; i < 10; i++) {
        write("aclImdb/" + split + "/pos/" + i + "_9.txt", "\uFEFFgreat<br /><br />film");
        write("aclImdb/" + split + "/neg/" + i + "_1.txt", "");
      }
    }
    write("aclImdb/train/unsup/0_0.txt", "unsure");
    Manifest manifest = prepare(DataKind.IMDB);
    assertThat(manifest.classes()).containsExactly("neg", "pos");
    assertThat(rows(Split.TEST)).containsOnly("1 great film", "0 <unk>").hasSize(20);
    assertThat(vocabulary()).containsExactly("<pad>", "<unk>", "film", "great");
    assertThat(manifest.raw())
        .extracting("name")
        .containsExactly("train/neg/", "train/pos/", "test/neg/", "test/pos/");
  }

  @Test
  void ownTablesOfAllFormatsAreReadTogether() throws IOException {
    write("train/part-0.csv", "id,text,label\r\n" + "7,\"我, b\",ham\r\n".repeat(10));
    write("train/part-1.tsv", "label\ttext\n" + "spam\tÀ \"vendre\n".repeat(10));
    write("train/part-2.jsonl", "{\"text\":\"c\\nd\",\"x\":[1],\"label\":\"ham\"}\n".repeat(10));
    write("train/_SUCCESS", "");
    write("test.json", "{\"label\":\"spam\",\"text\":\"à d\"}\n\n");
    Manifest manifest = prepare(DataKind.TEXT);
    assertThat(manifest.classes()).containsExactly("ham", "spam");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(18L, 9L);
    assertThat(rows(Split.TRAIN)).containsOnly("0 我 b", "1 à vendre", "0 c d");
    assertThat(rows(Split.TEST)).containsExactly("1 à d");
  }

  @Test
  void tablesOfParquetAreReadByNames() throws IOException {
    parquet("train", "select 'x' a, cast(id % 2 as int) label, concat('w', id % 3) text");
    parquet("test", "select cast(id as string) text, id % 2 label");
    Manifest manifest = prepare(DataKind.TEXT);
    assertThat(manifest.classes()).containsExactly("0", "1");
    assertThat(manifest.split(Split.TRAIN).rowsPerClass()).containsExactly(90L, 90L);
    assertThat(rows(Split.TRAIN)).allMatch(row -> row.matches("[01] w[0-2]"));
    assertThat(rows(Split.TEST)).contains("0 <unk>", "1 <unk>").hasSize(200);
  }

  @Test
  void parquetThatHasNoRowsOfTheKindIsRefused() throws IOException {
    parquet("train", "select 1.5 label, 'a' text");
    assertRefused(
        DataKind.TEXT,
        ".parquet: its column is required int32 label (DECIMAL(2,1)), and neither text nor a whole number"
            + " (name another: data.text.label-column and data.text.text-column)");
    parquet("train", "select 1 label, 'a' body");
    assertRefused(
        DataKind.TEXT,
        ".parquet: it has columns label, body, and none is text (set data.text.text-column to");
    parquet("train", "select 1 label, if(id = 7, null, 'a') text");
    assertRefused(
        DataKind.TEXT, "row 8 has nothing in text (correct it: a row has a label and a text)");
    parquet("train", "select if(id = 7, '', 'a') label, 'a' text");
    assertRefused(DataKind.TEXT, "row 8 has no label (correct it: a row has a label and a text)");
    parquet("train", "select 1 label, 'a' text");
    write("train/none.parquet", "no Parquet");
    assertRefused(DataKind.TEXT, "none.parquet: it is no sound file of Parquet, ");
  }

  @Test
  void ownTablesWithoutSplitsAreDivided() throws IOException {
    write(
        "all.tsv",
        IntStream.range(0, 40)
            .mapToObj(i -> i % 2 * 10 + 2 + "\tw\n")
            .collect(Collectors.joining()));
    TextOptions columns = options(Tokenizer.WHITESPACE, "auto", "1", "2");
    Manifest manifest = prepare(DataKind.TEXT, columns);
    assertThat(manifest.classes()).containsExactly("2", "12");
    // of 20 of a class 0.2 are test, and of the other 16 0.1 validation
    assertThat(manifest.split(Split.TEST).rows()).isEqualTo(8);
    assertThat(manifest.split(Split.VALIDATION).rows()).isEqualTo(4);
    assertThat(manifest.options()).containsEntry("data.text.label-column", "1");
  }

  @Test
  void emptyTextIsNeverDropped() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"\"\n\"2\",\"...\"\n\"2\",\n");
    prepare(DataKind.YELP);
    assertThat(rows(Split.TEST)).containsExactlyInAnyOrder("0 <unk>", "1 <unk>", "1 <unk>");
  }

  @Test
  void veryLongTextIsCutOff() throws IOException {
    String text = "word ".repeat(100_000);
    write("train.csv", pairs("1", "2", "word word"));
    write("test.csv", "\"1\",\"" + text + "\"\n");
    Manifest manifest = prepare(DataKind.YELP, options(Tokenizer.STANDARD, "777", "l", "t"));
    assertThat(rows(Split.TEST)).containsExactly("0" + " word".repeat(777));
    assertThat(kind(manifest).maxLength()).isEqualTo(777);
  }

  @Test
  void textsBecomeCharactersIfAskedTo() throws IOException {
    write("train.csv", pairs("1", "2", "我 é!"));
    write("test.csv", "\"1\",\"é我x\"\n");
    Manifest manifest = prepare(DataKind.YELP, options(Tokenizer.CHARACTERS, "auto", "l", "t"));
    assertThat(rows(Split.TEST)).containsExactly("0 é 我 <unk>");
    assertThat(kind(manifest).maxLength()).isEqualTo(3);
    assertThat(kind(manifest).cleaning().tokenizer()).isEqualTo(Tokenizer.CHARACTERS);
  }

  @Test
  void sparkReadsTokensAsAnArray() throws IOException {
    write("train.csv", pairs("1", "2", "a b"));
    write("test.csv", "\"2\",\"b a b\"\n");
    prepare(DataKind.YELP, LONG);
    var row = spark.read().parquet(folder.resolve("data/test").toString()).head();
    assertThat(row.getInt(0)).isEqualTo(1);
    assertThat(row.getList(1)).isEqualTo(List.of(3, 2, 3));
  }

  @Test
  void sameTextsGiveTheSameBytesWhateverTheCores() throws IOException {
    news(50);
    write("test.csv", "\"1\",\"a\",\"b\"\n");
    prepare(DataKind.AG_NEWS);
    byte[] manifest = Files.readAllBytes(folder.resolve("data/manifest.json"));
    spark.stop();
    spark = LocalSpark.start(1);
    Preparation.prepare(
        spark, Preparing.options(DataKind.AG_NEWS, raw, folder.resolve("again")), Silent.INSTANCE);
    assertThat(folder.resolve("again/manifest.json")).hasBinaryContent(manifest);
  }

  @Test
  void dataSetThatIsThereIsUsedUnlessOptionsOrFilesDiffer() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"word\"\n");
    Manifest manifest = prepare(DataKind.YELP);
    assertThat(prepare(DataKind.YELP)).isEqualTo(manifest);
    assertRefused(
        DataKind.YELP,
        options(Tokenizer.STANDARD, "7", "label", "text"),
        "data.text.max-length is auto there, but 7 now");
    write("test.csv", "\"1\",\"another word\"\n");
    assertRefused(DataKind.YELP, "it was made from test.csv of 11 bytes, but now there is");
  }

  @Test
  void whatAnInterruptedPreparationLeftIsRemoved() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"word\"\n");
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("data/vocabulary.txt"), "half");
    prepare(DataKind.YELP);
    assertThat(vocabulary()).containsExactly("<pad>", "<unk>", "word");
  }

  @Test
  void lineWithAMissingColumnIsRefused() throws IOException {
    write("train.csv", pairs("1", "2", "word") + "\"1\"\n");
    write("test.csv", "\"1\",\"word\"\n");
    assertRefused(
        DataKind.YELP,
        "Cannot read "
            + raw.resolve("train.csv")
            + ": line 41 has 1 column instead of 2 (correct"
            + " it: a row is one line of 2 columns in UTF-8)");
  }

  @Test
  void lineWithAnExtraColumnIsRefused() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"word\"\n\n\"1\",\"a\",\"b\"\n");
    assertRefused(DataKind.YELP, "test.csv: line 3 has 3 columns instead of 2 (correct it");
  }

  @Test
  void unclosedQuoteIsRefused() throws IOException {
    write("train.csv", "\"1\",\"word\n" + pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"word\"\n");
    assertRefused(DataKind.YELP, "train.csv: line 1 has an unclosed quote (correct it");
  }

  @Test
  void unknownLabelIsRefused() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    write("test.csv", "\"1\",\"word\"\n\"3\",\"word\"\n");
    assertRefused(
        DataKind.YELP,
        "test.csv: line 2 has label 3, and train has 1, 2 (correct it: a row is one line");
    news(20);
    write("test.csv", "\"0\",\"\",\"word\"\n");
    assertRefused(
        DataKind.AG_NEWS, "test.csv: line 1 has label 0, and classes.txt names 1 to 4 (correct it");
  }

  @Test
  void textThatIsNotInUtf8IsRefused() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    Files.write(
        raw.resolve("test.csv"), "\"1\",\"caf\u00e9\"\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(DataKind.YELP, "test.csv: line 1 is not in UTF-8 (correct it");
    write("train/neg/1.txt", "x");
    write("train/pos/1.txt", "x");
    write("test/pos/1.txt", "x");
    Files.createDirectories(raw.resolve("test/neg"));
    Files.write(raw.resolve("test/neg/1.txt"), new byte[] {'a', (byte) 0xFF});
    assertRefused(
        DataKind.IMDB, "test/neg/1.txt: it is not in UTF-8 (convert it to UTF-8, or get it again)");
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstLabel() throws IOException {
    write("train.csv", "\uFEFF" + pairs("1", "2", "word"));
    write("test.csv", "\uFEFFlabel,text\n".replace("label,text", "\"2\",\"word\""));
    assertThat(prepare(DataKind.YELP).classes()).containsExactly("1", "2");
    assertThat(rows(Split.TEST)).containsExactly("1 word");
  }

  @Test
  void byteOrderMarkIsNoPartOfTheFirstName() throws IOException {
    write("train.csv", "\uFEFFlabel,text\n" + pairs("a", "b", "word"));
    write("test.csv", "\uFEFFlabel,text\na,word\n");
    assertThat(prepare(DataKind.TEXT).classes()).containsExactly("a", "b");
  }

  @Test
  void oneClassIsRefused() throws IOException {
    write("train.csv", pairs("1", "1", "word"));
    write("test.csv", "\"1\",\"word\"\n");
    assertRefused(
        DataKind.YELP,
        "train.csv: every row of train has label [1] (a classifier needs two classes");
  }

  @Test
  void columnOfTextsTakenForLabelsIsRefused() throws IOException {
    write(
        "train.csv",
        "text,label\n"
            + IntStream.range(0, 10_001)
                .mapToObj(i -> "t" + i + ",1\n")
                .collect(Collectors.joining()));
    assertRefused(
        DataKind.TEXT,
        options(Tokenizer.STANDARD, "auto", "text", "label"),
        "train.csv: it has more than 10000 different labels (name the column of the labels:"
            + " data.text.label-column)");
  }

  @Test
  void columnThatIsNotThereIsRefused() throws IOException {
    write("train.csv", "id,class,body\n1,a,b\n");
    assertRefused(
        DataKind.TEXT,
        "train.csv: its first line has columns id, class, body, and none is label (set"
            + " data.text.label-column to the name of one, or both to numbers from 1)");
    assertRefused(
        DataKind.TEXT,
        options(Tokenizer.STANDARD, "auto", "class", "text"),
        "and none is text (set data.text.text-column to");
  }

  @Test
  void linesThatAreNoRowsOfJsonAreRefused() throws IOException {
    String good = "{\"label\":1,\"text\":\"a\"}\n";
    for (String[] bad :
        new String[][] {
          {"{\"label\":1,", "is no object of JSON"},
          {"[1]", "is no object of JSON"},
          {"{\"text\":\"a\"}", "has no field label"},
          {"{\"label\":1.5,\"text\":\"a\"}", "has a label that is neither text nor a whole number"},
          {"{\"label\":1,\"text\":null}", "has no text in field text"}
        }) {
      write("train.jsonl", good + bad[0] + "\n");
      assertRefused(DataKind.TEXT, "train.jsonl: line 2 " + bad[1] + " (correct it: a row is one");
    }
  }

  @Test
  void missingFilesAreRefused() throws IOException {
    write("train.csv", pairs("1", "2", "word"));
    assertRefused(DataKind.YELP, "Cannot read yelp in ", "test.csv is missing or empty (put all");
    write("test.csv", "");
    assertRefused(DataKind.AG_NEWS, "Cannot read ag-news in ", "test.csv is missing or empty");
    assertRefused(DataKind.IMDB, "train/neg/ is missing or has no reviews (set data.path to");
    Files.delete(raw.resolve("train.csv"));
    Files.delete(raw.resolve("test.csv"));
    assertRefused(DataKind.TEXT, "Cannot read text in ", "it has no table with rows");
  }

  @Test
  void twoCorporaInOneFolderAreRefused() throws IOException {
    write("yelp_review_full_csv/train.csv", "");
    write("yelp_review_polarity_csv/train.csv", "");
    assertRefused(
        DataKind.YELP,
        "it has yelp_review_full_csv and yelp_review_polarity_csv (name one of them: data.path)");
  }

  private void news(int perClass) throws IOException {
    StringBuilder train = new StringBuilder();
    for (int row = 0; row < 4 * perClass; row++) {
      String news = "\"" + (row % 4 + 1) + "\",\"Title" + row % 4 + "\",\"News" + row % 10 + "\"\n";
      train.append(news);
    }
    write("train.csv", train.toString());
    write("classes.txt", "World\nSports\nBusiness\nSci/Tech\n");
  }

  /** 20 rows of each of two labels. */
  private static String pairs(String one, String other, String text) {
    String row = "\"%s\",\"%s\"\n";
    return (row.formatted(one, text) + row.formatted(other, text)).repeat(20);
  }

  private void parquet(String name, String select) {
    spark
        .sql(select + " from range(0, 200, 1, 1)")
        .write()
        .mode("overwrite")
        .parquet(raw.resolve(name).toString());
  }

  /** As an earlier version would have written it. */
  private void editManifest(String pattern, String replacement) throws IOException {
    Path file = folder.resolve("data/manifest.json");
    String before = Files.readString(file);
    String after = before.replaceFirst(pattern, replacement);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  private void write(String file, String text) throws IOException {
    Path path = raw.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static TextOptions options(
      Tokenizer tokenizer, String length, String label, String text) {
    return new TextOptions(
        tokenizer,
        true,
        true,
        false,
        5000,
        1,
        MaxLength.parse(length),
        Optional.empty(),
        label,
        text);
  }

  private Manifest prepare(DataKind kind) {
    return prepare(kind, Preparing.TEXT);
  }

  private Manifest prepare(DataKind kind, TextOptions text) {
    PrepareOptions options = Preparing.texts(kind, raw, folder.resolve("data"), text);
    return Preparation.prepare(spark, options, Silent.INSTANCE);
  }

  private void assertRefused(DataKind kind, String... parts) {
    assertRefused(kind, Preparing.TEXT, parts);
  }

  private void assertRefused(DataKind kind, TextOptions text, String... parts) {
    assertThatThrownBy(() -> prepare(kind, text))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private static TokensKind kind(Manifest manifest) {
    return manifest.schema().only(TokensKind.class).kind();
  }

  private List<String> vocabulary() throws IOException {
    return Files.readAllLines(folder.resolve("data/vocabulary.txt"));
  }

  /** Label and words of every row. */
  private List<String> rows(Split split) throws IOException {
    List<String> words = vocabulary();
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
    List<String> found = new ArrayList<>();
    for (Shard shard : dataset.manifest().split(split).shards()) {
      Rows rows = dataset.read(shard);
      TokenValues texts = rows.field("tokens", TokenValues.class);
      for (int row = 0; row < rows.count(); row++) {
        String text =
            Arrays.stream(texts.tokens(row)).mapToObj(words::get).collect(Collectors.joining(" "));
        found.add(rows.label(row) + " " + text);
      }
    }
    return found;
  }
}
