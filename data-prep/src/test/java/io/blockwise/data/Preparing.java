package io.blockwise.data;

import io.blockwise.data.options.DataKind;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.data.options.MaxLength;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.options.ShardCounts;
import io.blockwise.data.options.SideOptions;
import io.blockwise.data.options.TableOptions;
import io.blockwise.data.options.TableOptions.Missing;
import io.blockwise.data.options.TextOptions;
import io.blockwise.data.options.Tokenizer;
import io.blockwise.data.options.WeightColumn;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Options for tests, each with something else than a default. */
public final class Preparing {
  public static final ShardCounts SHARDS = new ShardCounts(3, 2, 1);
  public static final TextOptions TEXT =
      new TextOptions(
          Tokenizer.STANDARD,
          true,
          true,
          false,
          5000,
          1,
          MaxLength.parse("auto"),
          Optional.empty(),
          "label",
          "text");

  public static final TableOptions TABLE =
      new TableOptions(Optional.empty(), "label", List.of(), Missing.REFUSE);

  private Preparing() {}

  public static PrepareOptions options(DataKind kind, Path raw, Path directory) {
    return options(kind, raw, hadoop(directory));
  }

  public static PrepareOptions options(
      DataKind kind, Path raw, org.apache.hadoop.fs.Path directory) {
    return options(kind, raw, directory, 7, SHARDS);
  }

  public static PrepareOptions options(
      DataKind kind, Path raw, Path directory, long seed, ShardCounts shards) {
    return options(kind, raw, hadoop(directory), seed, shards);
  }

  public static PrepareOptions options(
      DataKind kind, Path raw, org.apache.hadoop.fs.Path directory, long seed, ShardCounts shards) {
    int size = kind == DataKind.TINY_IMAGENET ? 64 : 8;
    return options(kind, raw, directory, seed, shards, size, 0);
  }

  /** Images of which a share may be left out. */
  public static PrepareOptions images(Path raw, Path directory, double skipBad) {
    return options(DataKind.IMAGE_FOLDER, raw, hadoop(directory), 7, SHARDS, 8, skipBad);
  }

  /** TinyImageNet at half its size, of which a share may be left out. */
  public static PrepareOptions tinyImageNet(Path raw, Path directory, double skipBad) {
    return options(DataKind.TINY_IMAGENET, raw, hadoop(directory), 7, SHARDS, 32, skipBad);
  }

  /** The same with noise in the labels of train. */
  public static PrepareOptions noisy(PrepareOptions clean, LabelNoise noise) {
    return with(
        clean, noise, clean.text(), clean.table(), clean.side(), clean.weights(), clean.parent());
  }

  /** Texts that become rows in that way. */
  public static PrepareOptions texts(DataKind kind, Path raw, Path directory, TextOptions text) {
    PrepareOptions usual = options(kind, raw, directory);
    return with(
        usual, usual.noise(), text, usual.table(), usual.side(), usual.weights(), usual.parent());
  }

  /** Numbers of tables. */
  public static PrepareOptions table(Path raw, Path directory, TableOptions table) {
    PrepareOptions usual = options(DataKind.TABLE, raw, directory);
    return with(
        usual, usual.noise(), usual.text(), table, usual.side(), usual.weights(), usual.parent());
  }

  /** Numbers of a table that Spark's session knows. */
  public static PrepareOptions tableOfSession(Path directory, TableOptions table) {
    return table(directory, directory, table);
  }

  /** The same with side fields. */
  public static PrepareOptions with(SideOptions side, PrepareOptions plain) {
    return with(
        plain, plain.noise(), plain.text(), plain.table(), side, plain.weights(), plain.parent());
  }

  /** The same, appended to another data set. */
  public static PrepareOptions appended(Path parent, PrepareOptions plain) {
    Optional<org.apache.hadoop.fs.Path> before = Optional.of(hadoop(parent));
    return with(
        plain, plain.noise(), plain.text(), plain.table(), plain.side(), plain.weights(), before);
  }

  /** The same, of rows that count as a column says. */
  public static PrepareOptions weighted(String column, PrepareOptions plain) {
    WeightColumn weights = new WeightColumn(Optional.of(column));
    return with(
        plain, plain.noise(), plain.text(), plain.table(), plain.side(), weights, plain.parent());
  }

  private static PrepareOptions with(
      PrepareOptions plain,
      LabelNoise noise,
      TextOptions text,
      TableOptions table,
      SideOptions side,
      WeightColumn weights,
      Optional<org.apache.hadoop.fs.Path> parent) {
    return new PrepareOptions(
        plain.kind(),
        table.name().isPresent() ? Optional.empty() : plain.path(),
        plain.directory(),
        plain.seed(),
        plain.validationFraction(),
        plain.testFraction(),
        plain.shards(),
        plain.imageSize(),
        plain.skipBad(),
        noise,
        plain.download(),
        plain.shapes(),
        text,
        table,
        side,
        weights,
        parent);
  }

  /** {@link #TEXT} with vectors from a file. */
  public static TextOptions withGlove(Path file) {
    return new TextOptions(
        TEXT.tokenizer(),
        TEXT.stripTags(),
        TEXT.lowerCase(),
        TEXT.dropStopWords(),
        TEXT.vocabularySize(),
        TEXT.minCount(),
        TEXT.maxLength(),
        Optional.of(file.toString()),
        TEXT.labelColumn(),
        TEXT.textColumn());
  }

  /** Images of that side, in one shard per split if that can be. */
  public static PrepareOptions largeImages(Path raw, Path directory, int size) {
    ShardCounts one = new ShardCounts(1, 1, 1);
    return options(DataKind.IMAGE_FOLDER, raw, hadoop(directory), 7, one, size, 0);
  }

  private static PrepareOptions options(
      DataKind kind,
      Path raw,
      org.apache.hadoop.fs.Path directory,
      long seed,
      ShardCounts shards,
      int imageSize,
      double skipBad) {
    return new PrepareOptions(
        kind,
        Optional.ofNullable(raw).map(Preparing::hadoop),
        directory,
        seed,
        0.1,
        0.2,
        shards,
        imageSize,
        skipBad,
        LabelNoise.NONE,
        false,
        new ShapesOptions(200, 50),
        TEXT,
        TABLE,
        SideOptions.NONE,
        WeightColumn.NONE,
        Optional.empty());
  }

  public static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toString());
  }
}
