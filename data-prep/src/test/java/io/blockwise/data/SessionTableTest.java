package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.NumbersKind;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TableOptions.Missing;
import io.blockwise.data.progress.Silent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of catalogues by their names: Spark's own, one of Delta and one of Iceberg. */
@Tag("thorough")
class SessionTableTest {
  private static final String ROWS =
      "select double(id) width, if(id % 2 = 0, 'flat', 'tall') label, cast(id / 4 as decimal(9, 2))"
          + " height from range(0, 120, 1, 3)";

  @TempDir static Path warehouse;
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.warehouse.dir", warehouse.resolve("spark").toString())
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "hadoop")
            .config("spark.sql.catalog.lake.warehouse", warehouse.resolve("lake").toString())
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.databricks.delta.snapshotPartitions", "1")
            .getOrCreate();
    spark.sql("create table plain using parquet as " + ROWS);
    spark.sql("create table changed using delta as " + ROWS);
    spark.sql("create table lake.db.flowers using iceberg as " + ROWS);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void forgetViews() {
    spark.catalog().dropTempView("rows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "changed", "lake.db.flowers"})
  void equalTablesOfAllCataloguesBecomeEqualDataSets(String name) {
    Manifest manifest = prepare(table(name));
    assertThat(manifest.options()).containsEntry("data.table.name", name);
    assertThat(manifest.classes()).containsExactly("flat", "tall");
    assertThat(manifest.schema().only(NumbersKind.class).kind().columns())
        .containsExactly("width", "height");
    view("select width, label, float(height) height from lake.db.flowers order by height desc");
    PrepareOptions other = options(table("rows"), "other");
    Manifest again = Preparation.prepare(spark, other, Silent.INSTANCE);
    assertThat(again.splits()).as("shards, with their checksums").isEqualTo(manifest.splits());
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("data", "other");
    assertThat(prepare(table(name))).as("the one that is there").isEqualTo(manifest);
  }

  @Test
  void tableIsReadAsItIsWhenItIsPrepared() {
    spark.sql("create table growing using delta as " + ROWS);
    Manifest before = prepare(table("growing"));
    spark.sql("insert into growing values (500, 'wide', 7)");
    assertThat(prepare(table("growing"))).as("made before").isEqualTo(before);
    spark.sql("insert into growing select width + 1000, 'wide', height from plain");
    PrepareOptions later = options(table("growing"), "later");
    assertThat(Preparation.prepare(spark, later, Silent.INSTANCE).classes())
        .containsExactly("flat", "tall", "wide");
  }

  @Test
  void columnsMayHaveAnyNames() {
    view("select width `a.b`, label `of, what`, height `x``y` from plain");
    TableOptions odd =
        new TableOptions(Optional.of("rows"), "of, what", List.of("x`y", "a.b"), Missing.REFUSE);
    assertThat(prepare(odd).schema().only(NumbersKind.class).kind().columns())
        .containsExactly("x`y", "a.b");
  }

  @Test
  void missingNumbersCountAsTheMeanWhereThatIsWanted() {
    view("select if(width = 5, null, width) width, label, height from plain");
    assertRefused(
        table("rows"),
        "Cannot read table rows: 1 row has nothing in column width (fill them in, set"
            + " data.table.missing = mean, or leave these rows out in a view)");
    Manifest manifest =
        prepare(new TableOptions(Optional.of("rows"), "label", List.of(), Missing.MEAN));
    assertThat(manifest.formatVersion()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "width, label, double('inf') height | 120 rows have a number beyond 3.4e38 in column"
            + " height (correct them, or leave the column out of data.table.columns, or",
        "width, nullif(label, 'flat') label | 60 rows have no label in column label (fill them in,",
        "label, string(width) width | its column width is of type string (name the columns of"
            + " numbers: data.table.columns, or cast it in a view of the table)",
        "width, array(label) label | its column label is of type array<string> (name one of texts,",
        "width, label kind | it has no column label (set data.table.label-column to names among"
            + " width, kind)",
        "label | it has no column beside that of the labels (give it a column of numbers)"
      })
  void whatIsNoRowOfNumbersIsRefused(String columns, String fact) {
    view("select " + columns + " from plain");
    assertRefused(table("rows"), "Cannot read table rows: " + fact);
  }

  @Test
  void emptyTableIsRefused() {
    view("select * from plain where width < 0");
    assertRefused(table("rows"), "it has no rows (fill it, or name another one: data.table.name)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "absent | Cannot read table absent: Spark's session does not know it (name its catalogue",
        "lake.db.absent | Cannot read table lake.db.absent: Spark's session does not know it",
        "nowhere.db.flowers | Cannot read table nowhere.db.flowers: Spark's session does not",
        "two words | Invalid data.table.name: two words (must be such as sales.flowers)"
      })
  void tableThatSparkDoesNotKnowIsRefused(String name, String message) {
    assertRefused(table(name), message);
  }

  private void assertRefused(TableOptions table, String message) {
    assertThatThrownBy(() -> prepare(table))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
    assertThat(folder).isEmptyDirectory();
  }

  private static void view(String select) {
    spark.sql(select).createOrReplaceTempView("rows");
  }

  private static TableOptions table(String name) {
    return new TableOptions(Optional.of(name), "label", List.of(), Missing.REFUSE);
  }

  private Manifest prepare(TableOptions table) {
    return Preparation.prepare(spark, options(table, "data"), Silent.INSTANCE);
  }

  private PrepareOptions options(TableOptions table, String name) {
    return Preparing.tableOfSession(folder.resolve(name), table);
  }
}
