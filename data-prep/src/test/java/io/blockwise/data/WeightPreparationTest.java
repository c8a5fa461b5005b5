package io.blockwise.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumberValues;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.WeightColumn;
import io.blockwise.data.progress.Silent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
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

/** Rows that say how much they count. */
class WeightPreparationTest {
  private static final int ROWS = 120;
  private static final String HEADER = "width,label,importance\n";

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
  void weightsAreNoNumbersToLearnFrom() throws IOException {
    write("train.csv", HEADER, WeightPreparationTest::line);
    Manifest manifest = prepare("importance", Preparing.TABLE);
    assertThat(manifest.formatVersion()).isEqualTo(7);
    assertThat(manifest.schema().hasWeights()).isTrue();
    assertThat(manifest.schema().sides()).isEmpty();
    assertThat(manifest.schema().inputs().keySet()).containsExactly("numbers");
    assertThat(manifest.options()).containsEntry("data.weight-column", "importance");
    assertThat(new String(manifest.json(), UTF_8).replaceAll("\\s+", " "))
        .contains("\"weight\" : { \"kind\" : \"weight\" }");
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    assertThat(prepare("importance", Preparing.TABLE)).isEqualTo(manifest);
    assertRefused("width", Preparing.TABLE, "data.weight-column is importance there, but width");
  }

  @Test
  void otherFilesGiveTheSameRows() throws IOException {
    write("train.jsonl", "", WeightPreparationTest::json);
    TableOptions named = table(Optional.empty(), "label", "width");
    prepare("importance", named);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void columnsByNumbersNeedNoLineOfNames() throws IOException {
    write("train.csv", "", WeightPreparationTest::line);
    prepare("3", table(Optional.empty(), "2"));
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void parquetAndTablesOfTheSessionHoldTheSameRows() throws IOException {
    frame("id / 8 + .125").write().parquet(raw.resolve("train").toString());
    prepare("importance", Preparing.TABLE);
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(expected());
    frame("id / 8 + .125").createOrReplaceTempView("rows");
    TableOptions session = table(Optional.of("rows"), "label");
    PrepareOptions options =
        Preparing.weighted(
            "importance", Preparing.tableOfSession(folder.resolve("session"), session));
    Preparation.prepare(spark, options, Silent.INSTANCE);
    assertThat(rows("session", WeightPreparationTest::row))
        .containsExactlyInAnyOrderElementsOf(expected());
  }

  @Test
  void textsHaveWeightsBehindTheirSideFields() throws IOException {
    write(
        "train.csv", "text,label,importance,price\n", i -> "word," + label(i) + "," + w(i) + ",1");
    SideOptions prices = new SideOptions(List.of(), List.of("price"), Optional.empty());
    PrepareOptions texts =
        Preparing.texts(DataKind.TEXT, raw, folder.resolve("data"), Preparing.TEXT);
    Manifest manifest =
        Preparation.prepare(
            spark,
            Preparing.weighted("importance", Preparing.with(prices, texts)),
            Silent.INSTANCE);
    assertThat(manifest.fields().keySet()).containsExactly("tokens", "numbers", "weight");
    assertThat(
            rows(
                "data",
                (rows, row) -> {
                  assertThat(rows.field("tokens", TokenValues.class).tokens(row)).hasSize(1);
                  return rows.label(row) + " " + rows.weight(row);
                }))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, ROWS).mapToObj(i -> i % 2 + " " + w(i)).toList());
  }

  @Test
  void rowsThatAreAppendedHaveWeightsAsTheirsHave() throws IOException {
    write("train.csv", HEADER, WeightPreparationTest::line);
    prepare("importance", Preparing.TABLE);
    write("train.csv", HEADER, i -> line(i + ROWS));
    PrepareOptions plain = Preparing.table(raw, folder.resolve("later"), Preparing.TABLE);
    PrepareOptions unweighted = Preparing.appended(folder.resolve("data"), plain);
    assertThatThrownBy(() -> Preparation.prepare(spark, unweighted, Silent.INSTANCE))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("data.weight-column is importance there, but not set now");
    Preparation.prepare(spark, Preparing.weighted("importance", unweighted), Silent.INSTANCE);
    assertThat(rows("later", (rows, row) -> "" + rows.weight(row))).contains("" + w(ROWS + 5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | has 0 in column importance (correct it: a weight is above 0, and rows that count",
        "-0.5 | has -0.5 in column importance (correct it: a weight is above 0,",
        "1e-50 | has 1e-50 in column importance (correct it: a weight is above 0,",
        "'' | has nothing in column importance (correct it: a weight is above 0,",
        "NaN | has NaN, which is no finite number, in column importance (correct it: a weight",
        "heavy | has heavy, which is no finite number, in column importance (correct it: a weight"
      })
  void whatIsNoWeightIsRefusedWithItsPlace(String weight, String fact) throws IOException {
    write("train.csv", HEADER, i -> i == 5 ? "5,tall," + weight : line(i));
    assertRefused("importance", Preparing.TABLE, "train.csv: line 7 " + fact);
    TableOptions gaps =
        new TableOptions(Optional.empty(), "label", List.of(), TableOptions.Missing.MEAN);
    assertRefused("importance", gaps, "train.csv: line 7 " + fact);
  }

  @Test
  void whatIsNoWeightInAColumnWithTypesIsRefused() throws IOException {
    frame("if(id = 5, null, 1d)").write().parquet(raw.resolve("train").toString());
    assertRefused(
        "importance",
        Preparing.TABLE,
        "row 6 has nothing in importance (fill it: a weight is above 0, and rows that count nothing"
            + " are left out)");
    frame("string(id)").write().mode("overwrite").parquet(raw.resolve("train").toString());
    assertRefused(
        "importance",
        Preparing.TABLE,
        "its column is required binary importance (STRING), and no number (name another:"
            + " data.weight-column)");
    frame("1").write().mode("overwrite").parquet(raw.resolve("train").toString());
    assertRefused(
        "weight",
        Preparing.TABLE,
        "and none is weight (set data.weight-column to the name of one)");
    frame(
            "if(id < 6, element_at(array(0d, -1d, null, double('nan'), double('inf'), 1e-60d),"
                + " int(id + 1)), 1)")
        .createOrReplaceTempView("rows");
    assertRefused(
        "importance",
        table(Optional.of("rows"), "label"),
        "Cannot read table rows: 6 rows have no weight above 0 in column importance (correct them,"
            + " or leave these rows out in a view)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "' ' | \"\" (must name a column)",
        "label | label (must name a column that is read as nothing else)",
        "width | width (must name a column that is read as nothing else)"
      })
  void columnThatIsReadAsSomethingElseIsRefused(String column, String fact) {
    TableOptions named = table(Optional.empty(), "label", "width");
    assertThatThrownBy(() -> prepare(column, named))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("Invalid data.weight-column: " + fact);
  }

  @Test
  void weightsOfOtherKindsAreRefused() {
    PrepareOptions images = Preparing.options(DataKind.CIFAR_10, raw, folder.resolve("data"));
    assertThatThrownBy(() -> Preparing.weighted("w", images))
        .hasMessage(
            "Invalid data.weight-column: w (must not be set for cifar-10, only for table and"
                + " text)");
    SideOptions side = new SideOptions(List.of("Weight"), List.of(), Optional.empty());
    assertThatThrownBy(
            () ->
                new WeightColumn(Optional.of("w"))
                    .requireFits(DataKind.TEXT, Preparing.TEXT, Preparing.TABLE, side))
        .hasMessageContaining("must not have the name of the weights: rename the column");
  }

  private static TableOptions table(Optional<String> name, String label, String... columns) {
    return new TableOptions(name, label, List.of(columns), TableOptions.Missing.REFUSE);
  }

  private static String label(int i) {
    return i % 2 == 0 ? "flat" : "tall";
  }

  private static float w(int i) {
    return i / 8f + .125f;
  }

  private static String line(int i) {
    return i + "," + label(i) + "," + w(i);
  }

  private static String json(int i) {
    return "{\"importance\": " + w(i) + ", \"width\": " + i + ", \"label\": \"" + label(i) + "\"}";
  }

  private static org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> frame(String weight) {
    return spark
        .range(0, ROWS, 1, 1)
        .selectExpr("id width", "if(id % 2 = 0, 'flat', 'tall') label", weight + " importance");
  }

  private void write(String name, String header, IntFunction<String> line) throws IOException {
    String lines = IntStream.range(0, ROWS).mapToObj(line).collect(Collectors.joining("\n"));
    Files.writeString(raw.resolve(name), header + lines + "\n");
  }

  private Manifest prepare(String weight, TableOptions table) {
    PrepareOptions plain = Preparing.table(raw, folder.resolve("data"), table);
    return Preparation.prepare(spark, Preparing.weighted(weight, plain), Silent.INSTANCE);
  }

  private void assertRefused(String weight, TableOptions table, String part) {
    assertThatThrownBy(() -> prepare(weight, table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  private static List<String> expected() {
    return IntStream.range(0, ROWS).mapToObj(i -> i % 2 + " " + (float) i + " " + w(i)).toList();
  }

  private List<String> rows() {
    return rows("data", WeightPreparationTest::row);
  }

  /** Label, number and weight. */
  private static String row(Rows rows, int row) {
    float number = rows.field("numbers", NumberValues.class).numbers()[row];
    return rows.label(row) + " " + number + " " + rows.weight(row);
  }

  private List<String> rows(String name, BiFunction<Rows, Integer, String> text) {
    Dataset dataset = Dataset.open(new Configuration(), Preparing.hadoop(folder.resolve(name)));
    List<String> found = new ArrayList<>();
    for (Split split : Split.values()) {
      for (Shard shard : dataset.manifest().split(split).shards()) {
        Rows rows = dataset.read(shard);
        for (int row = 0; row < rows.count(); row++) {
          found.add(text.apply(rows, row));
        }
      }
    }
    return found;
  }
}
