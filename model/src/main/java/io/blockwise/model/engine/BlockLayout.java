package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The tensors of a block: their names, shapes and order, and the values that they start from. Every
 * engine builds a block on it, so that all of them have the same tables and the same first numbers.
 *
 * <p>Names: {@code layers.I.weight} and so on for the layers, {@code head.0}, {@code head.2} for
 * the projection, {@code exit} for the classifier. Weights and biases start as PyTorch's defaults
 * do: uniform between plus and minus {@code 1 / sqrt(fan-in)}; batch norm at 1 and 0. Immutable.
 */
public final class BlockLayout {
  private final TensorTable parameters;
  private final TensorTable statistics;
  private final List<Start> starts;
  private final List<Start> statisticsStarts;

  /** Where a tensor starts: at a value, or drawn uniformly from within a bound around 0. */
  private record Start(double value, double bound) {
    double draw(RandomGenerator random) {
      return bound > 0 ? random.nextDouble(-bound, bound) : value;
    }
  }

  private BlockLayout(Tensors parameters, Tensors statistics) {
    this.parameters = new TensorTable(parameters.entries);
    this.statistics = new TensorTable(statistics.entries);
    this.starts = List.copyOf(parameters.starts);
    this.statisticsStarts = List.copyOf(statistics.starts);
  }

  /**
   * The tensors of a block.
   *
   * @param input shape of one example that it reads
   * @throws IllegalArgumentException if a layer cannot read what comes to it
   */
  public static BlockLayout of(BlockSpec spec, Shape input, int classes) {
    Tensors parameters = new Tensors();
    Tensors statistics = new Tensors();
    Shape shape = input;
    for (int i = 0; i < spec.layers().size(); i++) {
      layer("layers." + i, spec.layers().get(i), shape, parameters, statistics);
      shape = spec.layers().get(i).output(shape);
    }
    if (spec.loss() instanceof LossSpec.Scpl scpl) {
      head(scpl.head(), shape, parameters);
    }
    dense("exit", spec.exit().features().width(shape), classes, true, parameters);
    return new BlockLayout(parameters, statistics);
  }

  private static void layer(
      String name, LayerSpec spec, Shape input, Tensors parameters, Tensors statistics) {
    if (spec instanceof LayerSpec.Convolution convolution) {
      int kernel = convolution.kernel();
      int fanIn = input.channels() * kernel * kernel;
      parameters.uniform(
          name + ".weight", fanIn, convolution.filters(), input.channels(), kernel, kernel);
      if (convolution.bias()) {
        parameters.uniform(name + ".bias", fanIn, convolution.filters());
      }
    } else if (spec instanceof LayerSpec.Dense dense) {
      dense(name, input.channels(), dense.units(), dense.bias(), parameters);
    } else if (spec instanceof LayerSpec.BatchNorm) {
      parameters.constant(name + ".weight", 1, input.channels());
      parameters.constant(name + ".bias", 0, input.channels());
      statistics.constant(name + ".running_mean", 0, input.channels());
      statistics.constant(name + ".running_var", 1, input.channels());
    }
  }

  private static void head(HeadSpec spec, Shape output, Tensors parameters) {
    int width = spec.features().width(output);
    if (spec.kind() == HeadSpec.Kind.MLP) {
      dense("head.0", width, spec.hidden(), true, parameters);
      dense("head.2", spec.hidden(), spec.width(), true, parameters);
    } else if (spec.kind() == HeadSpec.Kind.LINEAR) {
      dense("head.0", width, spec.width(), true, parameters);
    }
  }

  private static void dense(String name, int inputs, int units, boolean bias, Tensors parameters) {
    parameters.uniform(name + ".weight", inputs, units, inputs);
    if (bias) {
      parameters.uniform(name + ".bias", inputs, units);
    }
  }

  /** The trainable parameters. */
  public TensorTable parameters() {
    return parameters;
  }

  /** The running statistics of the batch norms. */
  public TensorTable statistics() {
    return statistics;
  }

  /** Fresh parameters, drawn tensor by tensor in the table's order. */
  public float[] firstParameters(RandomGenerator random) {
    return values(parameters, starts, random);
  }

  /** The running statistics before the first batch. */
  public float[] firstStatistics() {
    return values(statistics, statisticsStarts, null);
  }

  private static float[] values(TensorTable table, List<Start> starts, RandomGenerator random) {
    float[] values = new float[table.length()];
    for (int i = 0; i < starts.size(); i++) {
      TensorTable.Entry entry = table.entries().get(i);
      for (int j = 0; j < entry.length(); j++) {
        values[entry.offset() + j] = (float) starts.get(i).draw(random);
      }
    }
    return values;
  }

  /** A table that is being written. */
  private static final class Tensors {
    private final List<TensorTable.Entry> entries = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();
    private int length;

    void uniform(String name, int fanIn, int... shape) {
      add(name, new Start(0, 1 / Math.sqrt(fanIn)), Arrays.stream(shape).boxed().toList());
    }

    void constant(String name, double value, int length) {
      add(name, new Start(value, 0), List.of(length));
    }

    private void add(String name, Start start, List<Integer> shape) {
      TensorTable.Entry entry = new TensorTable.Entry(name, shape, length);
      entries.add(entry);
      starts.add(start);
      length += entry.length();
    }
  }
}
