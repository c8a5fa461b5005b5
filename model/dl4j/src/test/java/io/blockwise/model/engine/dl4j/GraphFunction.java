package io.blockwise.model.engine.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A function of named arrays, to be differentiated by a {@link Graph} in float and by central
 * differences in double. Arrays are random, but {@code mask} is 1 on the first entries of a row, at
 * least one, {@code classes} has one 1 in each row and {@code lengths} counts the entries of masks.
 */
record GraphFunction(String name, Map<String, long[]> shapes, Definition definition) {
  private static final double STEP = 1e-5;

  /** Adds the operations. */
  interface Definition {
    SDVariable of(SameDiff operations, Map<String, SDVariable> inputs);
  }

  /** Of a value and of all gradients: the largest difference over the largest reference. */
  record Errors(double value, double gradient) {}

  /** Whether gradients by it are asked for. */
  static boolean varies(String input) {
    return !input.equals("mask") && !input.equals("classes") && !input.equals("lengths");
  }

  /** Half the sum of the squares and the sum of the sines, so that no slope is like another. */
  private static SDVariable scalar(SameDiff operations, SDVariable y) {
    return y.mul(y).mul(0.5).add(operations.math().sin(y)).sum();
  }

  Map<String, SDVariable> inputs(SameDiff operations, DataType type) {
    Map<String, SDVariable> inputs = new LinkedHashMap<>();
    shapes.forEach((input, shape) -> inputs.put(input, operations.placeHolder(input, type, shape)));
    return inputs;
  }

  /** Random arrays in the shapes. */
  Map<String, INDArray> arrays(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    shapes.forEach((input, shape) -> arrays.put(input, array(input, shape, random)));
    return arrays;
  }

  private static INDArray array(String input, long[] shape, SplittableRandom random) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape);
    for (long i = 0; i < array.length(); i++) {
      long row = shape.length == 1 ? i : i / shape[1];
      double value =
          switch (input) {
            case "mask" -> i % shape[1] < shape[1] - row % shape[1] ? 1 : 0;
            case "lengths" -> 4 - row % 3;
            case "classes" -> i % shape[1] == row % shape[1] ? 1 : 0;
            default -> random.nextDouble(-1, 1);
          };
      array.data().put(i, value);
    }
    return array;
  }

  /** Runs it twice, since what a first run leaves behind must not be seen in the second. */
  Errors check() {
    Map<String, INDArray> arrays = arrays(3);
    Running running = new Running(this, arrays);
    running.run();
    running.run();
    SameDiff reference = SameDiff.create();
    SDVariable expected =
        scalar(reference, definition.of(reference, inputs(reference, DataType.DOUBLE)));
    Map<String, INDArray> doubles = new HashMap<>();
    arrays.forEach((input, array) -> doubles.put(input, array.castTo(DataType.DOUBLE)));
    double value = value(reference, expected, doubles);
    double apart = 0;
    double largest = 0;
    for (String input : running.varying()) {
      double[] slopes = slopes(reference, expected, doubles, doubles.get(input));
      for (int i = 0; i < slopes.length; i++) {
        double found = running.gradient(input).getDouble(i);
        apart = Double.isNaN(found) ? Double.NaN : Math.max(apart, Math.abs(found - slopes[i]));
        largest = Math.max(largest, Math.abs(slopes[i]));
      }
    }
    return new Errors(Math.abs(running.value() - value) / Math.abs(value), apart / largest);
  }

  private static double[] slopes(
      SameDiff reference, SDVariable expected, Map<String, INDArray> inputs, INDArray input) {
    double[] slopes = new double[(int) input.length()];
    for (int i = 0; i < slopes.length; i++) {
      double at = input.getDouble(i);
      input.putScalar(i, at + STEP);
      double ahead = value(reference, expected, inputs);
      input.putScalar(i, at - STEP);
      double behind = value(reference, expected, inputs);
      input.putScalar(i, at);
      slopes[i] = (ahead - behind) / (2 * STEP);
    }
    return slopes;
  }

  private static double value(SameDiff graph, SDVariable result, Map<String, INDArray> inputs) {
    return graph.output(inputs, result.name()).get(result.name()).getDouble(0);
  }

  /** The function on a graph, with its arrays set. */
  static final class Running implements AutoCloseable {
    private final Memory memory = new Memory();
    private final Graph graph = new Graph("function", memory);
    private final Map<String, SDVariable> inputs;
    private final List<String> varying = new ArrayList<>();
    private final SDVariable result;
    private final Tape forward;
    private final Tape backward;

    Running(GraphFunction function, Map<String, INDArray> arrays) {
      inputs = function.inputs(graph.operations(), DataType.FLOAT);
      result = scalar(graph.operations(), function.definition.of(graph.operations(), inputs));
      inputs.keySet().stream().filter(GraphFunction::varies).forEach(varying::add);
      forward = graph.forward(result);
      backward =
          graph.backward(
              forward, result, varying.stream().map(inputs::get).toArray(SDVariable[]::new));
      arrays.forEach((input, array) -> graph.set(inputs.get(input), array));
    }

    void run() {
      forward.run();
      backward.run();
    }

    List<String> varying() {
      return varying;
    }

    double value() {
      return graph.value(result).getDouble(0);
    }

    INDArray gradient(String input) {
      return graph.gradient(inputs.get(input));
    }

    int operations() {
      return forward.operations().size() + backward.operations().size();
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
