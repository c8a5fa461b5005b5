package io.blockwise.model.onnx;

import io.blockwise.model.artifact.InputField;
import io.blockwise.model.spec.Shape;
import java.util.List;

/**
 * What a graph reads, as raw values, and what makes a network's input of them: ids as they are,
 * {@code int64 [rows, positions]}; pixels, {@code uint8 [rows, channels, height, width]}, and
 * numbers, {@code float [rows, columns]}, standardised.
 */
final class FieldInputs {
  private static final String ROWS = "rows";
  private static final float PIXELS = 255;

  private FieldInputs() {}

  /**
   * Adds a field.
   *
   * @param shape of one row
   */
  static Value of(Graph graph, String name, InputField field, Shape shape) {
    if (field instanceof InputField.Tokens) {
      String ids = graph.input(name, ElementType.INT64, List.of(ROWS, name + "_positions"));
      return Value.of(ids, TextOperators.lengths(graph, name, ids));
    }
    if (field instanceof InputField.Numbers numbers) {
      return Value.of(numbers(graph, name, numbers));
    }
    return Value.of(pixels(graph, name, (InputField.Image) field, shape));
  }

  private static String numbers(Graph graph, String name, InputField.Numbers field) {
    int columns = field.columns().size();
    String raw = graph.input(name, ElementType.FLOAT, List.of(ROWS, columns));
    Standard standard = new Standard(graph, name, List.of(columns));
    String values = standard.of(raw, field.mean(), field.std(), 1);
    if (!field.missingAsMean()) {
      return values;
    }
    String missing = graph.add(name, "IsNaN", List.of(raw));
    return graph.add(name, "Where", List.of(missing, graph.real(0), values));
  }

  private static String pixels(Graph graph, String name, InputField.Image field, Shape shape) {
    Shape.FeatureMap map = shape.requireMap(name);
    List<?> sizes = List.of(ROWS, map.channels(), map.height(), map.width());
    String bytes = graph.input(name, ElementType.UINT8, sizes);
    String raw = graph.add(name, "Cast", List.of(bytes), Attribute.to(ElementType.FLOAT));
    Standard standard = new Standard(graph, name, List.of(map.channels(), 1, 1));
    return standard.of(raw, field.mean(), field.std(), PIXELS);
  }

  /** {@code (x - mean) / std} in single precision. */
  private record Standard(Graph graph, String name, List<Integer> sizes) {
    /**
     * Adds it. What the mean loses as a {@code float} is subtracted as well: of years around 2000
     * it would be some of their deviation.
     *
     * @param factor of mean and deviation
     */
    String of(String raw, List<Double> means, List<Double> deviations, double factor) {
      float[] mean = new float[means.size()];
      float[] rest = new float[means.size()];
      float[] deviation = new float[means.size()];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (means.get(i) * factor);
        rest[i] = (float) (means.get(i) * factor - mean[i]);
        deviation[i] = (float) (deviations.get(i) * factor);
      }
      String near = graph.add(name, "Sub", List.of(raw, tensor("mean", mean)));
      String centred = graph.add(name, "Sub", List.of(near, tensor("mean.rest", rest)));
      return graph.add(name, "Div", List.of(centred, tensor("std", deviation)));
    }

    private String tensor(String what, float[] values) {
      return graph.tensor(name + "." + what, sizes, values);
    }
  }
}
