package io.blockwise.job.training;

import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs of seconds on tables of three classes: rings around a point, in two columns of very
 * different sizes, beside a column that says nothing. No class is told by one column, or by a
 * plane.
 */
public final class SmallTables {
  private static final List<String> CLASSES = List.of("inner", "middle", "outer");
  private static final String HEADER = "east,north,class,noise\n";

  private SmallTables() {}

  /** Writes raw files into a folder, and prepares them there. */
  public static void prepare(Path tables) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Path raw = Files.createDirectories(tables.resolve("raw"));
    Files.writeString(raw.resolve("train.csv"), table(600, random, false));
    Files.writeString(raw.resolve("test.csv"), table(150, random, false));
    SmallRuns.prepare(settings(tables, tables));
  }

  /** The same with rows that lack the column that says nothing, or one of the others. */
  public static void prepareWithGaps(Path tables) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Path raw = Files.createDirectories(tables.resolve("raw"));
    Files.writeString(raw.resolve("train.csv"), table(600, random, true));
    Files.writeString(raw.resolve("test.csv"), table(150, random, true));
    SmallRuns.prepare(settings(tables, tables, "data.table.missing=mean"));
  }

  /** Rows of the test split: {@code east, north, class, noise}, empty where one is missing. */
  public static List<String[]> test(Path tables) throws IOException {
    return Files.readAllLines(tables.resolve("raw/test.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }

  /** The numbers of such a row; NaN where one is missing. */
  public static float[] numbers(String... row) {
    float[] numbers = new float[3];
    int next = 0;
    for (int column : new int[] {0, 1, 3}) {
      numbers[next++] = row[column].isEmpty() ? Float.NaN : Float.parseFloat(row[column]);
    }
    return numbers;
  }

  /** A small configuration, its output {@code directory/out}. */
  public static Settings settings(Path tables, Path directory, String... sets) throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("tables.conf"),
            """
            run-id = run
            model.name = small
            threads = 1
            output = "%1$s/out"
            data { kind = table, path = "%2$s/raw", shards.train = 4, validation-fraction = 0.2
              table.label-column = class }
            backbone = mlp
            mlp.hidden = [32, 32]
            scpl.head { hidden = 16, width = 16 }
            training { batch-size = 16, epochs = 15, learning-rate = 1e-2 }
            report.interval = 0s
            """
                .formatted(directory, tables));
    return Settings.load(conf, List.of(sets));
  }

  private static String table(int rows, SplittableRandom random, boolean gaps) {
    return Stream.generate(() -> row(random, gaps))
        .limit(rows)
        .collect(Collectors.joining("", HEADER, ""));
  }

  /** Of one row in five something is missing. */
  private static String row(SplittableRandom random, boolean gaps) {
    int label = random.nextInt(CLASSES.size());
    double angle = random.nextDouble(2 * Math.PI);
    double radius = label + random.nextDouble(0.3, 0.9);
    String east = String.format(Locale.ROOT, "%.1f", 5000 + 1000 * radius * Math.cos(angle));
    String north = String.format(Locale.ROOT, "%.5f", 0.01 * radius * Math.sin(angle));
    String noise = Integer.toString(random.nextInt(100));
    int missing = gaps ? random.nextInt(10) : 2;
    return (missing == 0 ? "" : east)
        + ","
        + north
        + ","
        + CLASSES.get(label)
        + ","
        + (missing == 1 ? "" : noise)
        + "\n";
  }
}
