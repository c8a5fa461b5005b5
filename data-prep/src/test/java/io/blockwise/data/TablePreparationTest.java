package io.blockwise.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TableOptions.Missing;
import io.blockwise.data.progress.Silent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablePreparationTest {
  private static final int ROWS = 120;
  private static final String HEADER = "width,label,height\n";
  private static final String LEAVE_OUT = "or leave the column out of data.table.columns)";

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
  void allColumnsBesideTheLabelAreTheMainField() throws IOException {
    write("train.csv", HEADER, TablePreparationTest::line);
    Manifest manifest = prepare(table());
    assertThat(manifest.formatVersion()).as("as old programs read it").isEqualTo(2);
    assertThat(manifest.kind()).isEqualTo("table");
    assertThat(manifest.classes()).containsExactly("flat", "tall");
    assertThat(manifest.schema().only(NumbersKind.class).kind().columns())
        .containsExactly("width", "height");
    assertThat(manifest.options())
        .containsEntry("data.table.label-column", "label")
        .containsEntry("data.table.columns", "all")
        .containsEntry("data.table.missing", "refuse");
    assertThat(new String(manifest.json(), UTF_8)).doesNotContain("missing_as_mean");
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(prepare(table())).as("the one that is there").isEqualTo(manifest);
  }

  @Test
  void namedColumnsAreReadInTheirOrder() throws IOException {
    write("train.csv", "note," + HEADER, i -> "x," + line(i));
    prepare(table("height"));
    assertThat(rows()).contains("1 [0.25]", "0 [5.0]");
    assertRefused(
        table("height", "width"),
        "data.table.columns is 'height' there, but 'height', 'width' now (delete it, or choose");
  }

  @Test
  void columnsByNumbersNeedNoLineOfNames() throws IOException {
    write("train.tsv", "", i -> line(i).replace(',', '\t'));
    Manifest manifest = prepare(new TableOptions(Optional.empty(), "2", List.of(), Missing.REFUSE));
    assertThat(kind(manifest).columns()).containsExactly("column-1", "column-3");
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void linesOfJsonAndParquetHoldTheSameRows() throws IOException {
    write("train.jsonl", "", TablePreparationTest::json);
    prepare(table("width", "height"));
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    parquet("cast(id / 4 as float) height");
    prepare(table());
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void columnsOfParquetMayHaveAnyNames() throws IOException {
    parquet("double(id) `sepal length, in (cm)`");
    prepare(table("sepal length, in (cm)"));
    assertThat(rows()).contains("1 [7.0]", "0 [8.0]");
  }

  @Test
  void missingNumbersStayMissingAndStatisticsAreThoseOfTheOthers() throws IOException {
    write("train.csv", HEADER, i -> i % 3 == 0 ? i + "," + label(i) + "," : line(i));
    Manifest manifest = prepare(meanOf());
    assertThat(manifest.formatVersion()).isEqualTo(6);
    assertThat(new String(manifest.json(), UTF_8)).contains("\"missing_as_mean\" : true");
    NumbersKind kind = kind(manifest);
    double[] present =
        rows(Split.TRAIN).stream()
            .mapToDouble(
                row -> Double.parseDouble(row.substring(row.indexOf(' ', 3), row.length() - 1)))
            .filter(value -> !Double.isNaN(value))
            .toArray();
    assertThat(present).hasSizeBetween(40, 75);
    double mean =
        IntStream.range(0, present.length).mapToDouble(i -> present[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, present.length)
            .mapToDouble(i -> (present[i] - mean) * (present[i] - mean))
            .average()
            .orElseThrow();
    assertThat(kind.mean().get(1)).isCloseTo(mean, within(1e-12));
    assertThat(kind.standardDeviation().get(1)).isCloseTo(Math.sqrt(variance), within(1e-12));
    assertThat(rows())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, ROWS).mapToObj(i -> expected(i, i % 3 == 0)).toList());
  }

  @Test
  void everyFormatHasAWayToLeaveANumberOut() throws IOException {
    List<String> gap =
        IntStream.range(0, ROWS).mapToObj(i -> expected(i, i == 5 || i == 7)).toList();
    write("train.csv", HEADER, i -> i == 5 ? "5,tall, " : i == 7 ? "7,tall,NaN" : line(i));
    prepare(meanOf());
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(gap);
    clear();
    write(
        "train.jsonl",
        "",
        i ->
            i == 5
                ? "{\"width\": 5, \"label\": \"tall\"}"
                : i == 7 ? "{\"width\": 7, \"label\": \"tall\", \"height\": null}" : json(i));
    prepare(meanOf("width", "height"));
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(gap);
    clear();
    parquet("if(id = 5, null, if(id = 7, double('NaN'), id / 4)) height");
    prepare(meanOf());
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(gap);
  }

  @Test
  void rowsThatAreAppendedKeepTheStatisticsAndNeedTheSameColumns() throws IOException {
    write("train.csv", HEADER, TablePreparationTest::line);
    Manifest first = prepare(meanOf());
    clear(raw);
    write("train.csv", HEADER, i -> i == 3 ? "3,tall," : 1000 + i + "," + label(i) + ",7");
    Manifest second = append("second");
    assertThat(kind(second)).isEqualTo(kind(first));
    clear(raw);
    write("train.csv", "height,label,width\n", i -> i + "," + label(i) + ",8");
    assertThatThrownBy(() -> append("third"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "its numbers are of columns [width, height], the new ones of [height, width] (append"
                + " tables with the same columns, or prepare a data set of its own)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''   | has nothing in column height (correct it, set data.table.missing = mean, ",
        "nan  | has nan, which is no finite number, in column height (correct it, set data.table"
            + ".missing = mean, ",
        "tall | has tall, which is no finite number, in column height (correct it, ",
        "-inf | has -inf, which is no finite number, in column height (correct it, ",
        "1e39 | has 1e39, which is beyond 3.4e38, in column height (correct it,"
      })
  void numberThatIsNoneIsRefusedWithItsPlace(String value, String fact) throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? "5,tall," + value : line(i));
    assertRefused(table(), "train.csv: line 7 " + fact + " " + LEAVE_OUT);
  }

  @Test
  void onlyMissingNumbersMayBeMissing() throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? "5,tall,Infinity" : line(i));
    assertRefused(
        meanOf(),
        "line 7 has Infinity, which is no finite number, in column height (correct it, "
            + LEAVE_OUT);
    write("train.csv", HEADER, i -> i + "," + label(i) + ",");
    assertRefused(
        meanOf(),
        "Cannot take the mean of column height: no row of train has a number in it (leave it out of"
            + " data.table.columns, or look at its name)");
  }

  @Test
  void fieldOfJsonAndValueOfParquetThatAreMissingAreRefusedWithTheirRow() throws IOException {
    write("train.jsonl", "", i -> i == 5 ? "{\"width\": 5, \"label\": \"tall\"}" : json(i));
    assertRefused(
        table("width", "height"),
        "train.jsonl: line 6 has no field height (correct it: a row is one line with an object of"
            + " JSON, fields label and width and height in it, set data.table.missing = mean, "
            + LEAVE_OUT);
    parquet("if(id = 5, null, 1.5d) height");
    assertRefused(
        table(),
        "row 6 has nothing in height (fill it, set data.table.missing = mean, " + LEAVE_OUT);
    parquet("string(id) height");
    assertRefused(
        table(),
        "its column is required binary height (STRING), and no number (name another:"
            + " data.table.columns)");
  }

  @Test
  void columnThatIsNotThereIsRefusedWithItsKey() throws IOException {
    write("train.csv", HEADER, TablePreparationTest::line);
    String columns = "its first line has columns width, label, height, and none is ";
    assertRefused(
        table("depth"),
        columns + "depth (set data.table.columns to names of some, or all to numbers from 1)");
    assertRefused(
        new TableOptions(Optional.empty(), "species", List.of(), Missing.REFUSE),
        columns
            + "species (set data.table.label-column to the name of one, or all to numbers from 1)");
    parquet("1.5d height");
    assertRefused(table("depth"), "and none is depth (set data.table.columns to names of some)");
  }

  @Test
  void tableWithoutColumnsOfNumbersIsRefused() throws IOException {
    write("train.csv", "label\n", TablePreparationTest::label);
    assertRefused(
        table(),
        "it has no column beside that of the labels (give a table with a column of numbers)");
    write("train.csv", ",label\n", i -> i + "," + label(i));
    assertRefused(
        table(), "it has a column without a name (name the columns of the numbers: data.table");
    write("train.csv", "a,label,a\n", TablePreparationTest::line);
    assertRefused(table(), "it has two columns a (name the columns of the numbers: data.table");
    clear(raw);
    write("train.jsonl", "", TablePreparationTest::json);
    assertRefused(
        table(),
        "objects of JSON do not say which fields there are (name those of the numbers:"
            + " data.table.columns)");
  }

  @Test
  void labelsThatDoNotNameTwoClassesOfTrainAreRefused() throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? "5,,1" : line(i));
    assertRefused(table(), "train.csv: line 7 has no label (correct it: a row is one line of 3");
    write("train.csv", HEADER, i -> i + ",tall,1");
    assertRefused(table(), "every row of train has label [tall] (a classifier needs two classes");
    write("train.csv", HEADER, TablePreparationTest::line);
    write("test.csv", HEADER, i -> i == 5 ? "5,wide,1" : line(i));
    assertRefused(table(), "test.csv: line 7 has label wide, and train has flat, tall (correct it");
    write("train.csv", HEADER, i -> i + "," + "x".repeat(201) + ",1");
    assertRefused(table(), "as if data.table.label-column named another column (correct it");
  }

  @Test
  void columnsOfOptionsAreNamedOnce() {
    for (List<String> columns : List.of(List.of("a", "a"), List.of("label"), List.of(" "))) {
      assertThatThrownBy(() -> new TableOptions(Optional.empty(), "label", columns, Missing.REFUSE))
          .isInstanceOf(InvalidValueException.class)
          .hasMessageStartingWith("Invalid data.table.columns: ")
          .hasMessageEndingWith("(must name each column once, and not that of the labels)");
    }
    assertThatThrownBy(() -> new TableOptions(Optional.empty(), " ", List.of(), Missing.REFUSE))
        .hasMessage("Invalid data.table.label-column: \"\" (must name a column)");
  }

  private static String label(int i) {
    return i % 2 == 0 ? "flat" : "tall";
  }

  private static String line(int i) {
    return i + "," + label(i) + "," + i * .25;
  }

  private static String json(int i) {
    return "{\"height\": " + i * .25 + ", \"width\": " + i + ", \"label\": \"" + label(i) + "\"}";
  }

  private static String expected(int i, boolean gap) {
    return i % 2 + " [" + (float) i + ", " + (gap ? Float.NaN : i * .25f) + "]";
  }

  private static List<String> expected() {
    return IntStream.range(0, ROWS).mapToObj(i -> expected(i, false)).toList();
  }

  private void write(String name, String header, IntFunction<String> line) throws IOException {
    String lines = IntStream.range(0, ROWS).mapToObj(line).collect(Collectors.joining("\n"));
    Files.writeString(raw.resolve(name), header + lines + "\n");
  }

  /** In place of all files, and of the data set. */
  private void parquet(String height) throws IOException {
    clear();
    spark
        .range(0, ROWS, 1, 1)
        .selectExpr("id width", "if(id % 2 = 0, 'flat', 'tall') label", height)
        .write()
        .parquet(raw.resolve("train").toString());
  }

  private void clear() throws IOException {
    clear(raw);
    FileSystem.getLocal(new Configuration()).delete(Preparing.hadoop(folder.resolve("data")), true);
  }

  private static void clear(Path directory) throws IOException {
    FileSystem.getLocal(new Configuration()).delete(Preparing.hadoop(directory), true);
    Files.createDirectory(directory);
  }

  private static TableOptions table(String... columns) {
    return new TableOptions(Optional.empty(), "label", List.of(columns), Missing.REFUSE);
  }

  private static TableOptions meanOf(String... columns) {
    return new TableOptions(Optional.empty(), "label", List.of(columns), Missing.MEAN);
  }

  private Manifest prepare(TableOptions table) {
    return Preparation.prepare(
        spark, Preparing.table(raw, folder.resolve("data"), table), Silent.INSTANCE);
  }

  private Manifest append(String name) {
    PrepareOptions options = Preparing.table(raw, folder.resolve(name), meanOf());
    return Preparation.prepare(
        spark, Preparing.appended(folder.resolve("data"), options), Silent.INSTANCE);
  }

  private void assertRefused(TableOptions table, String part) {
    assertThatThrownBy(() -> prepare(table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private static NumbersKind kind(Manifest manifest) {
    return (NumbersKind) manifest.fields().get("numbers");
  }

  /** Label and numbers of rows. */
  private List<String> rows(Split... splits) {
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve("data")));
    List<String> found = new ArrayList<>();
    for (Split split : splits.length == 0 ? Split.values() : splits) {
      for (Shard shard : dataset.manifest().split(split).shards()) {
        Rows rows = dataset.read(shard);
        NumberValues numbers = rows.field("numbers", NumberValues.class);
        for (int row = 0; row < rows.count(); row++) {
          List<Float> values = new ArrayList<>();
          for (int c = 0; c < numbers.columns(); c++) {
            values.add(numbers.numbers()[row * numbers.columns() + c]);
          }
          found.add(rows.label(row) + " " + values);
        }
      }
    }
    return found;
  }
}
