package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.dataset.TokensKind;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.progress.Silent;
import io.blockwise.data.text.EmbeddingMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SideFieldPreparationTest {
  private static final int ROWS = 120;
  private static final String HEADER = "title,label,text,price,year\n";
  private static final SideOptions SIDES =
      new SideOptions(List.of("title"), List.of("year", "price"), Optional.empty());

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
  void furtherColumnsBecomeFieldsWhoseValuesAreThoseOfTheirRow() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    Manifest manifest = prepare(SIDES);
    assertThat(manifest.formatVersion()).isEqualTo(4);
    assertThat(manifest.fields().keySet()).containsExactly("tokens", "title", "numbers");
    assertThat(manifest.options())
        .containsEntry("data.side.texts", "'title'")
        .containsEntry("data.side.numbers", "'year', 'price'")
        .doesNotContainKey("data.side.images");
    assertThat(manifest.files())
        .extracting("name")
        .containsExactly("vocabulary.txt", "title.vocabulary.txt");
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(prepare(SIDES)).as("the one that is there").isEqualTo(manifest);
  }

  @Test
  void numbersAreKeptRawBesideTheMeanAndDeviationOfTrain() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    NumbersKind kind = (NumbersKind) prepare(SIDES).fields().get("numbers");
    assertThat(kind.columns()).containsExactly("year", "price");
    assertThat(kind.mean().get(0)).isEqualTo(2001);
    assertThat(kind.standardDeviation().get(0)).as("a constant column's").isEqualTo(1);
    double[] prices = numbersOf(Split.TRAIN, 1);
    double mean = Arrays.stream(prices).average().orElseThrow();
    double variance =
        Arrays.stream(prices).map(p -> (p - mean) * (p - mean)).average().orElseThrow();
    assertThat(kind.mean().get(1)).isCloseTo(mean, within(1e-12));
    assertThat(kind.standardDeviation().get(1)).isCloseTo(Math.sqrt(variance), within(1e-12));
  }

  @Test
  void vocabularyAndRowsOfTheMainTextAreThoseWithoutSideFields() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    Manifest plain = prepare("plain", SideOptions.NONE, text("label", "text"));
    Manifest sided = prepare(SIDES);
    assertThat(plain.formatVersion()).isEqualTo(2);
    assertThat(plain.options().keySet()).noneMatch(key -> key.startsWith("data.side"));
    assertThat(sided.fields().get("tokens")).isEqualTo(plain.fields().get("tokens"));
    assertThat(folder.resolve("data/vocabulary.txt"))
        .hasSameBinaryContentAs(folder.resolve("plain/vocabulary.txt"));
    assertThat(Files.readAllLines(folder.resolve("data/title.vocabulary.txt")))
        .containsExactlyInAnyOrder("<pad>", "<unk>", "name", "0", "1", "2");
    TokensKind title = (TokensKind) sided.fields().get("title");
    assertThat(title.maxLength()).isEqualTo(2);
    assertThat(title.vocabularySize()).isEqualTo(6);
    assertThat(ids("plain")).isEqualTo(ids("data"));
  }

  @Test
  void columnsByNumbersNameTheirFieldsAfterThem() throws IOException {
    write("train.tsv", "", i -> line(i).replace(',', '\t'));
    SideOptions sides = new SideOptions(List.of("1"), List.of("5", "4"), Optional.empty());
    Manifest manifest = prepare("data", sides, text("2", "3"));
    assertThat(manifest.fields().keySet()).containsExactly("tokens", "column-1", "numbers");
    assertThat(((NumbersKind) manifest.fields().get("numbers")).columns())
        .containsExactly("column-5", "column-4");
    assertThat(rows("column-1")).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void linesOfJsonAndParquetHoldTheSameRows() throws IOException {
    write(
        "train.jsonl",
        "",
        i ->
            String.format(
                Locale.ROOT,
                "{\"year\": 2001, \"price\": %s, \"label\": %d, \"text\": \"%s common\","
                    + " \"title\": \"name %d\"}",
                i * .25,
                i % 2,
                word(i),
                i % 3));
    prepare(SIDES);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    parquet("cast(id as double) / 4 price, cast(2001 as int) year");
    prepare(SIDES);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void sideTextWithoutWordsIsOneUnknownToken() throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? ",1,main5 common,1,2001" : line(i));
    prepare(SIDES);
    assertThat(rows()).contains("1 | main5 common | <unk> | 2001.0 1.0");
  }

  @Test
  void sideTextsGetVectorsOfTheirOwnWords() throws IOException {
    Path glove = Files.writeString(folder.resolve("glove.txt"), "common 1 2\nname 3 4\n");
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    TextOptions text = text("label", "text", Optional.of(glove.toString()));
    Manifest manifest = prepare("data", SIDES, text);
    assertThat(manifest.files())
        .extracting("name")
        .containsExactly(
            "vocabulary.txt",
            "embeddings.safetensors",
            "title.vocabulary.txt",
            "title.embeddings.safetensors");
    Dataset dataset = open("data");
    int name = Files.readAllLines(folder.resolve("data/title.vocabulary.txt")).indexOf("name");
    assertThat(EmbeddingMatrix.ofSide(dataset, "title").orElseThrow().row(name))
        .containsExactly(3, 4);
    assertThat(EmbeddingMatrix.ofSide(dataset, "numbers")).isEmpty();
    int common = Files.readAllLines(folder.resolve("data/vocabulary.txt")).indexOf("common");
    assertThat(EmbeddingMatrix.of(dataset).orElseThrow().row(common)).containsExactly(1, 2);
  }

  @Test
  void dataSetOfOtherSideFieldsIsNotMistakenForThis() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    prepare(SIDES);
    assertRefused(
        SideOptions.NONE,
        "data.side.numbers is 'year', 'price' there, but not set now (delete it, or choose");
  }

  @Test
  void remainsOfAnInterruptedPreparationAreRemoved() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("data/place.vocabulary.txt"), "old");
    prepare(SIDES);
    assertThat(folder.resolve("data/place.vocabulary.txt")).doesNotExist();
    assertThat(folder.resolve("data/title.vocabulary.txt")).exists();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''       | has nothing in column price",
        "cheap    | has cheap, which is no finite number, in column price",
        "NaN      | has NaN, which is no finite number, in column price",
        "Infinity | has Infinity, which is no finite number, in column price",
        "-1e39    | has -1e39, which is beyond 3.4e38, in column price",
        "0x1p3    | has 0x1p3, which is no finite number, in column price"
      })
  void numberThatIsNoneIsRefusedWithItsPlace(String value, String fact) throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? "name 0,1,main5 common," + value + ",2001" : line(i));
    assertRefused(
        SIDES,
        "train.csv: line 7 "
            + fact
            + " (correct it, or leave the column out of data.side.numbers)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"title\": null, \"price\": 1      | has no text in field title",
        "\"price\": 1                       | has no field title",
        "\"title\": \"a\", \"price\": null  | has no number in field price",
        "\"title\": \"a\", \"price\": \"1\" | has no number in field price",
        "\"title\": \"a\"                   | has no field price"
      })
  void fieldOfJsonThatIsMissingIsRefusedWithItsLine(String fields, String fact) throws IOException {
    String rest = ", \"label\": 1, \"text\": \"x\", \"year\": 1}";
    write(
        "train.jsonl",
        "",
        i -> i == 5 ? "{" + fields + rest : "{\"title\": \"a\", \"price\": 1" + rest);
    assertRefused(
        SIDES,
        "train.jsonl: line 6 "
            + fact
            + " (correct it: a row is one line with an object of JSON, fields label and text and"
            + " title and year and price in it)");
  }

  @Test
  void valueThatParquetLacksIsRefusedWithItsRow() throws IOException {
    parquet("if(id = 5, null, 1.5d) price, 2001 year");
    assertRefused(
        SIDES,
        "row 6 has nothing in price (fill it, or leave the column out of data.side.numbers)");
    parquet("cast('NaN' as float) price, 2001 year");
    assertRefused(SIDES, "row 1 has NaN, which is no finite number, in column price");
    parquet("'1' price, 2001 year");
    assertRefused(
        SIDES,
        "its column is required binary price (STRING), and no number (name another:"
            + " data.side.numbers)");
  }

  @Test
  void columnThatIsNotThereIsRefusedWithItsKey() throws IOException {
    write("train.csv", HEADER, SideFieldPreparationTest::line);
    String columns = "columns title, label, text, price, year, and none is ";
    assertRefused(
        new SideOptions(List.of("place"), List.of(), Optional.empty()),
        columns + "place (set data.side.texts to names of some, or all to numbers from 1)");
    assertRefused(
        new SideOptions(List.of(), List.of("cost"), Optional.empty()),
        columns + "cost (set data.side.numbers to names of some, or all to numbers from 1)");
    assertRefused(
        new SideOptions(List.of(), List.of("1"), Optional.empty()),
        columns + "1 (set data.side.numbers to names of some, or all to numbers from 1)");
    parquet("1 price, 2 year");
    assertRefused(
        new SideOptions(List.of("place"), List.of(), Optional.empty()),
        "and none is place (set data.side.texts to names of some)");
  }

  private static String line(int i) {
    return String.format(
        Locale.ROOT, "name %d,%d,%s common,%s,2001", i % 3, i % 2, word(i), i * .25);
  }

  private static List<String> expected() {
    return IntStream.range(0, ROWS)
        .mapToObj(
            i ->
                String.format(
                    "%d | %s common | name %d | 2001.0 %s", i % 2, word(i), i % 3, i * .25f))
        .toList();
  }

  /** One that train has in some row. */
  private static String word(int i) {
    return "main" + i % 20;
  }

  private void write(String name, String header, IntFunction<String> line) throws IOException {
    String lines = IntStream.range(0, ROWS).mapToObj(line).collect(Collectors.joining("\n"));
    Files.writeString(raw.resolve(name), header + lines + "\n");
  }

  /** In place of all files, and of the data set. */
  private void parquet(String columns) throws IOException {
    org.apache.hadoop.fs.FileSystem local =
        org.apache.hadoop.fs.FileSystem.getLocal(new Configuration());
    local.delete(Preparing.hadoop(raw), true);
    local.delete(Preparing.hadoop(folder.resolve("data")), true);
    spark
        .range(0, ROWS, 1, 1)
        .selectExpr(
            "id % 2 label",
            "concat('main', id % 20, ' common') text",
            "concat('name ', id % 3) title",
            columns.substring(0, columns.lastIndexOf(", ")),
            columns.substring(columns.lastIndexOf(", ") + 2))
        .write()
        .parquet(raw.resolve("train").toString());
  }

  private static TextOptions text(String label, String text) {
    return text(label, text, Optional.empty());
  }

  private static TextOptions text(String label, String text, Optional<String> glove) {
    return new TextOptions(
        Tokenizer.STANDARD,
        true,
        true,
        false,
        5000,
        1,
        MaxLength.parse("auto"),
        glove,
        label,
        text);
  }

  private Manifest prepare(SideOptions sides) {
    return prepare("data", sides, text("label", "text"));
  }

  private Manifest prepare(String name, SideOptions sides, TextOptions text) {
    PrepareOptions plain = Preparing.texts(DataKind.TEXT, raw, folder.resolve(name), text);
    return Preparation.prepare(spark, Preparing.with(sides, plain), Silent.INSTANCE);
  }

  private void assertRefused(SideOptions sides, String part) {
    assertThatThrownBy(() -> prepare(sides))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private Dataset open(String name) {
    return Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve(name)));
  }

  private List<String> rows() throws IOException {
    return rows("title");
  }

  /** Label, text, further text and numbers of every row of all splits. */
  private List<String> rows(String side) throws IOException {
    List<String> found = new ArrayList<>();
    for (Rows rows : all("data", Split.values())) {
      for (int row = 0; row < rows.count(); row++) {
        NumberValues numbers = rows.field("numbers", NumberValues.class);
        int from = row * numbers.columns();
        found.add(
            String.join(
                " | ",
                Integer.toString(rows.label(row)),
                words("vocabulary.txt", rows.field("tokens", TokenValues.class).tokens(row)),
                words(side + ".vocabulary.txt", rows.field(side, TokenValues.class).tokens(row)),
                numbers.numbers()[from] + " " + numbers.numbers()[from + 1]));
      }
    }
    return found;
  }

  private String words(String file, int[] ids) throws IOException {
    List<String> words = Files.readAllLines(folder.resolve("data").resolve(file));
    return Arrays.stream(ids).mapToObj(words::get).collect(Collectors.joining(" "));
  }

  private List<List<Integer>> ids(String name) {
    List<List<Integer>> ids = new ArrayList<>();
    for (Rows rows : all(name, Split.values())) {
      for (int row = 0; row < rows.count(); row++) {
        int[] tokens = rows.field("tokens", TokenValues.class).tokens(row);
        ids.add(Arrays.stream(tokens).boxed().toList());
      }
    }
    return ids;
  }

  private double[] numbersOf(Split split, int column) {
    return all("data", split).stream()
        .flatMapToDouble(
            rows -> {
              NumberValues values = rows.field("numbers", NumberValues.class);
              return IntStream.range(0, rows.count())
                  .mapToDouble(row -> values.numbers()[row * values.columns() + column]);
            })
        .toArray();
  }

  private List<Rows> all(String name, Split... splits) {
    Dataset dataset = open(name);
    List<Rows> all = new ArrayList<>();
    for (Split split : splits) {
      for (Shard shard : dataset.manifest().split(split).shards()) {
        all.add(dataset.read(shard));
      }
    }
    return all;
  }
}
