package io.blockwise.job.export;

import io.blockwise.job.config.Settings;
import io.blockwise.job.prediction.Example;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.StoredBlock;
import io.blockwise.model.artifact.Tensors;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.RowShapes;
import io.blockwise.model.spec.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Models that nobody has trained, of random numbers, and rows for them: exits of a network are the
 * same in ONNX whatever its weights are. Running statistics, biases and whatever else starts from
 * one number vary here, so that none of them can be forgotten unseen.
 *
 * @param fields of a row, by name, the main one first
 * @param shapes of the same
 */
record RandomModel(Map<String, InputField> fields, Map<String, Shape> shapes) {
  private static final int WORDS = 30;
  private static final int LONGEST = 9;
  private static final int CLASSES = 4;
  private static final int IMAGE = 8;

  /** Of images {@code [3, size, size]}. */
  static RandomModel ofImages(int size) {
    return ofImages("pixels", size);
  }

  /** The same in a field of that name. */
  static RandomModel ofImages(String field, int size) {
    return new RandomModel(Map.of(), Map.of()).with(field, image(), Shape.map(3, size, size));
  }

  /** Of texts of at most nine tokens. */
  static RandomModel ofTexts() {
    return new RandomModel(Map.of(), Map.of()).with("tokens", texts(), tokens());
  }

  /** Of three columns, one of which is far from 0 for its deviation. */
  static RandomModel ofNumbers() {
    return new RandomModel(Map.of(), Map.of()).with("numbers", numbers(), Shape.vector(3));
  }

  /** With further fields: an image {@code images}, texts {@code title}, numbers {@code size}. */
  RandomModel withSides(String set) {
    RandomModel with = this;
    if (set.contains("images")) {
      with = with.with("images", image(), Shape.map(3, IMAGE, IMAGE));
    }
    if (set.contains("title")) {
      with = with.with("title", texts(), tokens());
    }
    if (set.contains("size")) {
      with = with.with("size", numbers(), Shape.vector(3));
    }
    return with;
  }

  private RandomModel with(String name, InputField field, Shape shape) {
    Map<String, InputField> others = new LinkedHashMap<>(fields);
    others.put(name, field);
    Map<String, Shape> sizes = new LinkedHashMap<>(shapes);
    sizes.put(name, shape);
    return new RandomModel(others, sizes);
  }

  private static InputField image() {
    return new InputField.Image(true, List.of(0.4, 0.5, 0.45), List.of(0.2, 0.25, 0.3));
  }

  private static InputField texts() {
    return new InputField.Tokens("whitespace", false, false, false, WORDS, LONGEST);
  }

  private static Shape tokens() {
    return Shape.tokens(LONGEST, WORDS);
  }

  private static InputField numbers() {
    return new InputField.Numbers(
        List.of("year", "price", "share"),
        List.of(2003.123456789, 1.5, -0.25),
        List.of(3.5, 700.25, 0.01),
        true);
  }

  /** A model of the network that settings say. */
  ModelVersion version(Settings settings, Exits exits) {
    Map<String, Shape> sides = new LinkedHashMap<>(shapes);
    Shape main = sides.remove(fields.keySet().iterator().next());
    NetworkSpec network = settings.network(new RowShapes(main, sides), CLASSES);
    List<String> classes = IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList();
    ModelDescription description =
        new ModelDescription("small", "made", classes, fields, network, exits);
    SplittableRandom random = new SplittableRandom(17); // a figure in a document is of these
    List<StoredBlock> blocks =
        DecoupledNetwork.layouts(network).stream().map(layout -> block(layout, random)).toList();
    Map<String, List<String>> vocabularies =
        fields.keySet().stream()
            .filter(name -> fields.get(name) instanceof InputField.Tokens)
            .collect(Collectors.toMap(name -> name, name -> words()));
    return new ModelVersion(
        "made", description, vocabularies, blocks, metrics(blocks.size()), Map.of());
  }

  private static List<String> words() {
    return Stream.concat(
            Stream.of("<pad>", "<unknown>"), IntStream.range(2, WORDS).mapToObj(i -> "w" + i))
        .toList();
  }

  private static StoredBlock block(BlockLayout layout, SplittableRandom random) {
    float[] parameters = layout.firstParameters(random);
    float[] statistics = layout.firstStatistics();
    vary(layout.parameters(), parameters, random);
    vary(layout.statistics(), statistics, random);
    return new StoredBlock(
        Tensors.copyOf(layout.parameters(), parameters),
        Tensors.copyOf(layout.statistics(), statistics));
  }

  /**
   * Weights twice as large as those that training starts from, so that deep exits tell rows apart.
   */
  private static void vary(TensorTable table, float[] values, SplittableRandom random) {
    for (TensorTable.Entry entry : table.entries()) {
      int from = entry.offset();
      int to = from + entry.length();
      boolean constant = IntStream.range(from, to).allMatch(i -> values[i] == values[from]);
      for (int i = from; i < to; i++) {
        values[i] = constant ? values[i] + (float) random.nextDouble(-0.4, 0.4) : 2 * values[i];
      }
    }
  }

  private static Metrics metrics(int blocks) {
    List<Double> accuracy = Collections.nCopies(blocks, 0.5);
    return new Metrics(
        new Metrics.Accuracies(accuracy),
        new Metrics.TestFigures(accuracy, List.of()),
        1,
        1,
        1,
        1,
        1,
        new Metrics.ParameterCounts(1, 1, 1),
        new Metrics.Pushes(0, 0, 0, 0, 0, 0, 0),
        0,
        new Metrics.Cost(0, 0, 0, 0),
        new Metrics.Dynamics(List.of(), 0, 0));
  }

  /** Rows with all fields. */
  List<Example> examples(int count) {
    SplittableRandom random = new SplittableRandom(23);
    return IntStream.range(0, count).mapToObj(i -> example(random)).toList();
  }

  private Example example(SplittableRandom random) {
    Map<String, Object> values = new LinkedHashMap<>();
    fields.forEach((name, field) -> values.put(name, value(field, shapes.get(name), random)));
    Object main = values.remove(fields.keySet().iterator().next());
    return new Example(main, values);
  }

  private static Object value(InputField field, Shape shape, SplittableRandom random) {
    if (field instanceof InputField.Tokens) {
      return random
          .ints(random.nextInt(1, LONGEST + 1), 1, WORDS)
          .mapToObj(i -> "w" + i)
          .collect(Collectors.joining(" "));
    }
    if (field instanceof InputField.Numbers) {
      float gap = random.nextInt(4) == 0 ? Float.NaN : (float) random.nextDouble(-1, 1);
      return new float[] {random.nextInt(1995, 2012), (float) random.nextDouble(900), gap};
    }
    return png(((Shape.FeatureMap) shape).height(), random);
  }

  private static byte[] png(int size, SplittableRandom random) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      image.setRGB(i % size, i / size, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }
}
