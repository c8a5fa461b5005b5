package io.blockwise.python;

import io.blockwise.job.config.Settings;
import io.blockwise.job.prediction.Example;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Small data sets whose rows have fields beside their text or image. */
final class FurtherFields {
  private static final List<String> CLASSES = List.of("no", "yes");
  private static final int SIZE = 8;
  private static final int PER_CLASS = 40;

  private FurtherFields() {}

  /** Texts with a title and two numbers. */
  static Settings ofTexts(Path directory, String... sets) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Path raw = Files.createDirectory(directory.resolve("raw"));
    for (String split : List.of("train", "test")) {
      Files.writeString(raw.resolve(split + ".csv"), table(random));
    }
    return settings(
        directory,
        """
        method = pred
        backbone = text-lstm
        data { kind = text, path = "%1$s/raw", side { texts = [title], numbers = [left, right] } }
        text-lstm { embedding.width = 6, units = 8, layers = 2, carry = true }
        text-linear { embedding.width = 6, hidden = [8, 8] }
        """,
        sets);
  }

  /**
   * Images with an image beside each.
   *
   * @param stride of the first block, behind which a second one reads that
   */
  static Settings ofImages(Path directory, int stride) throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    for (String name : CLASSES) {
      for (int i = 0; i < PER_CLASS; i++) {
        image(directory.resolve("raw/" + name + "/" + i + ".png"), random);
        image(directory.resolve("depth/" + name + "/" + i + ".png"), random);
      }
    }
    return settings(
        directory,
        """
        method = pred
        data { kind = image-folder, path = "%1$s/raw", image-size = 8, test-fraction = 0.2
          side.images = "%1$s/depth" }
        network.blocks = [[{ type = convolution, filters = 4, stride = STRIDE }, { type = relu }]
          [{ type = convolution, filters = 8 }, { type = batch-norm }, { type = relu }]]
        side.inputs = [{ block = 2, field = images }]
        """
            .replace("STRIDE", Integer.toString(stride)));
  }

  private static Settings settings(Path directory, String content, String... sets)
      throws IOException {
    String common =
        """
        run-id = run
        model.name = small
        threads = 1
        engine = torch
        output = "%1$s/out"
        data.validation-fraction = 0.2
        training { batch-size = 8, epochs = 1 }
        report.interval = 0s
        """;
    Path conf =
        Files.writeString(
            directory.resolve("fields.conf"), (common + content).formatted(directory));
    return Settings.load(conf, List.of(sets));
  }

  /** Rows with the fields that a network is set to read. */
  static Answers examples(String set) {
    SplittableRandom random = new SplittableRandom(7);
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Map<String, Object> sides = new LinkedHashMap<>();
      if (set.contains("title")) {
        sides.put("title", words("title", 1 + i % 3, random));
      }
      if (set.contains("numbers")) {
        sides.put("numbers", new float[] {(float) random.nextDouble(), i});
      }
      examples.add(new Example(words("text", 1 + i % 5, random), sides));
    }
    return Answers.ofExamples("tokens", examples);
  }

  private static String table(SplittableRandom random) {
    return Stream.generate(() -> row(random))
        .limit(100)
        .collect(Collectors.joining("\n", "label,text,title,left,right\n", "\n"));
  }

  private static String row(SplittableRandom random) {
    return String.join(
        ",",
        CLASSES.get(random.nextInt(2)),
        words("text", random.nextInt(1, 6), random),
        words("title", random.nextInt(1, 4), random),
        Double.toString(random.nextDouble()),
        Double.toString(random.nextDouble(9)));
  }

  private static String words(String kind, int count, SplittableRandom random) {
    return Stream.generate(() -> kind + random.nextInt(6))
        .limit(count)
        .collect(Collectors.joining(" "));
  }

  private static void image(Path file, SplittableRandom random) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIZE * SIZE; i++) {
      image.getRaster().setSample(i % SIZE, i / SIZE, 0, random.nextInt(256));
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
