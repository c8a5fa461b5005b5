package io.blockwise.job.training;

import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs of seconds on 720 texts of three classes that some of their words tell, with word vectors.
 */
public final class SmallTexts {
  private static final List<String> CLASSES = List.of("sports", "money", "weather");
  private static final int WORDS = 12;
  private static final int DIMENSION = 6;

  private SmallTexts() {}

  /** Writes raw files into a folder, and prepares them there. */
  public static void prepare(Path corpus) throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    write(raw(corpus), 600, 120, random);
    Files.write(corpus.resolve("vectors.txt"), vectors(random));
    SmallRuns.prepare(settings(corpus, corpus));
  }

  /** Writes other raw files of the same classes and words. */
  static void write(Path raw, int train, int test, SplittableRandom random) throws IOException {
    Files.createDirectory(raw);
    Files.writeString(raw.resolve("train.csv"), table(train, random));
    Files.writeString(raw.resolve("test.csv"), table(test, random));
  }

  /** Their raw files, {@code train.csv} and {@code test.csv}: columns {@code label, text}. */
  public static Path raw(Path corpus) {
    return corpus.resolve("raw");
  }

  /** Rows of the test split: label, text. */
  public static List<String[]> test(Path corpus) throws IOException {
    return Files.readAllLines(raw(corpus).resolve("test.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", 2))
        .toList();
  }

  /** A small configuration, its output {@code directory/out}. */
  public static Settings settings(Path corpus, Path directory, String... sets) throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("texts.conf"),
            """
            run-id = run
            model.name = small
            threads = 1
            output = "%1$s/out"
            data { kind = text, path = "%2$s/raw", shards.train = 4, validation-fraction = 0.1
              text.glove = "%2$s/vectors.txt" }
            text-linear { embedding.width = 6, hidden = [8, 8] }
            text-lstm { embedding.width = 6, units = 8, layers = 2 }
            text-transformer { embedding.width = 6, heads = 2, feed-forward = 8, layers = 2 }
            scpl.head { hidden = 16, width = 16 }
            training { batch-size = 16, epochs = 8, learning-rate = 1e-2 }
            report.interval = 0s
            """
                .formatted(directory, corpus));
    return Settings.load(conf, List.of(sets));
  }

  private static String table(int rows, SplittableRandom random) {
    return Stream.generate(() -> row(random))
        .limit(rows)
        .collect(Collectors.joining("", "label,text\n", ""));
  }

  /** A quarter of the words are of the class, the others of all classes. */
  private static String row(SplittableRandom random) {
    String label = CLASSES.get(random.nextInt(CLASSES.size()));
    int length = random.nextInt(4, 20);
    List<String> words = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      String word = i % 4 == 0 ? label : "word";
      words.add(word + random.nextInt(WORDS));
    }
    return label + "," + String.join(" ", words) + "\n";
  }

  private static List<String> vectors(SplittableRandom random) {
    return Stream.concat(CLASSES.stream(), Stream.of("word"))
        .flatMap(kind -> Stream.iterate(0, i -> i < WORDS, i -> i + 1).map(i -> kind + i))
        .map(
            word ->
                word
                    + random
                        .doubles(DIMENSION, -1, 1)
                        .mapToObj(value -> " " + (float) value)
                        .collect(Collectors.joining()))
        .toList();
  }
}
