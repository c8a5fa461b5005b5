package io.blockwise.job.prediction.bulk;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.PredictOptions;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.Example;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What is asked: examples, in partitions, and what answers repeat of them. Immutable.
 *
 * @param kept columns that answers repeat
 * @param missing what is missing of further fields, by the field's name
 */
record Questions(JavaRDD<Asked> examples, StructType kept, Map<String, String> missing) {
  private static final String MANIFEST = "manifest.json";
  private static final List<String> IMAGES = List.of("jpg", "jpeg", "png");
  private static final List<String> TABLES = List.of("csv", "tsv", "jsonl", "json", "parquet");
  private static final List<String> SEPARATED = List.of("csv", "tsv");
  static final String LINES = "txt";
  static final String CONTENT = "content";

  /**
   * Finds out what is asked.
   *
   * @throws UserException if there is nothing, or the model does not read such examples
   */
  static Questions of(
      SparkSession spark, Configuration hadoop, PredictOptions options, ModelVersion version)
      throws IOException {
    Path input = new Path(options.input());
    FileSystem files = input.getFileSystem(hadoop);
    if (!files.exists(input)) {
      throw refused(options, "it does not exist", "give a data set, a table or images");
    }
    if (files.exists(new Path(input, MANIFEST))) {
      return ofDataset(spark, Dataset.open(hadoop, input), options, version);
    }
    String kind = kind(files, input, options);
    return ofTable(table(spark, kind, options), kind, options, version);
  }

  static UserException refused(PredictOptions options, String fact, String remedy) {
    return UserException.cannot("answer " + options.input(), fact, remedy);
  }

  private static Questions ofDataset(
      SparkSession spark, Dataset dataset, PredictOptions options, ModelVersion version) {
    PublishedModel.requireSameKind(
        "answer " + dataset.directory() + " with model version " + version.id(), version, dataset);
    Split split = split(options);
    List<Shard> shards = dataset.manifest().split(split).shards();
    if (shards.isEmpty()) {
      throw refused(options, "its split " + split.directory() + " has no rows", "name another");
    }
    String directory = dataset.directory().toString();
    JavaRDD<Asked> examples =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(shards, shards.size())
            .flatMap(
                shard -> {
                  Dataset own = Dataset.open(HadoopSettings.current(), new Path(directory));
                  Rows rows = own.read(shard);
                  List<String> classes = own.manifest().classes();
                  return IntStream.range(0, rows.count())
                      .mapToObj(i -> asked(rows, i, classes))
                      .iterator();
                });
    return new Questions(
        examples,
        new StructType()
            .add("row", DataTypes.LongType, false)
            .add("label", DataTypes.StringType, false),
        missing(dataset, version));
  }

  private static Map<String, String> missing(Dataset dataset, ModelVersion version) {
    Map<String, String> missing = new LinkedHashMap<>();
    for (String field : version.description().network().sides().keySet()) {
      if (!dataset.manifest().fields().containsKey(field)) {
        missing.put(field, "field " + field);
      }
    }
    return missing;
  }

  private static Split split(PredictOptions options) {
    try {
      return Names.parse("--split", Split.class, options.split());
    } catch (InvalidValueException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private static Asked asked(Rows rows, int index, List<String> classes) {
    return new Asked(
        RowFactory.create(rows.row(index), classes.get(rows.label(index))),
        new Asked.Prepared(rows, index));
  }

  /** By the ending of the file, or of the first one that has a known ending. */
  private static String kind(FileSystem files, Path input, PredictOptions options)
      throws IOException {
    RemoteIterator<LocatedFileStatus> all = files.listFiles(input, true);
    while (all.hasNext()) {
      Optional<String> kind = kind(all.next().getPath().getName());
      if (kind.isPresent()) {
        return kind.get();
      }
    }
    throw refused(
        options,
        "there is no data set, table or image",
        "give files that end in ."
            + String.join(", .", TABLES)
            + ", ."
            + LINES
            + ", ."
            + String.join(", .", IMAGES));
  }

  private static Optional<String> kind(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    boolean known = TABLES.contains(ending) || IMAGES.contains(ending) || ending.equals(LINES);
    return known ? Optional.of(ending) : Optional.empty();
  }

  private static org.apache.spark.sql.Dataset<Row> table(
      SparkSession spark, String kind, PredictOptions options) {
    String input = options.input();
    return switch (kind) {
      case "csv" -> spark.read().option("header", true).option("escape", "\"").csv(input);
      case "tsv" ->
          spark.read().option("header", true).option("sep", "\t").option("quote", "\0").csv(input);
      case "jsonl", "json" -> spark.read().json(input);
      case "parquet" -> spark.read().parquet(input);
      case LINES -> spark.read().text(input);
      default ->
          spark
              .read()
              .format("binaryFile")
              .option("recursiveFileLookup", true)
              .option("pathGlobFilter", "*.{jpg,jpeg,png,JPG,JPEG,PNG}")
              .load(input)
              .select("path", CONTENT);
    };
  }

  private static Questions ofTable(
      org.apache.spark.sql.Dataset<Row> read,
      String kind,
      PredictOptions options,
      ModelVersion version) {
    RowSchema rows = RowTransform.rowsOf(version.description());
    FieldColumns main = MainColumns.of(read.schema(), kind, options, rows.main().kind());
    SideColumns sides = SideColumns.of(read.schema(), rows, options.input());
    org.apache.spark.sql.Dataset<Row> table =
        SEPARATED.contains(kind) && !main.numbers()
            ? withEmptyTexts(read, main.names().get(0), sides)
            : read;
    int example = table.schema().fieldIndex(main.names().get(0));
    boolean image = table.schema().fields()[example].dataType().equals(DataTypes.BinaryType);
    // what an image is told by is its path or another column, and not the whole file once more
    int[] kept =
        IntStream.range(0, table.schema().size())
            .filter(i -> !image || i != example)
            .filter(i -> !sides.isImage(table.schema(), table.schema().fieldNames()[i]))
            .toArray();
    StructType columns =
        DataTypes.createStructType(
            IntStream.of(kept).mapToObj(i -> table.schema().fields()[i]).toList());
    JavaRDD<Asked> examples =
        table
            .javaRDD()
            .map(
                row ->
                    new Asked(
                        RowFactory.create(IntStream.of(kept).mapToObj(row::get).toArray()),
                        example(row, main, sides)));
    Map<String, String> missing = new LinkedHashMap<>();
    sides.missing().forEach((field, name) -> missing.put(field, "column " + Printable.of(name)));
    return new Questions(examples, columns, missing);
  }

  private static Example example(Row row, FieldColumns main, SideColumns sides) {
    Object value = main.of(row);
    return value == null ? null : new Example(value, sides.of(row));
  }

  /** Spark reads an empty text of these as none. */
  private static org.apache.spark.sql.Dataset<Row> withEmptyTexts(
      org.apache.spark.sql.Dataset<Row> read, String column, SideColumns sides) {
    return read.na().fill("", new String[] {column}).na().fill("", sides.texts(read.schema()));
  }
}
