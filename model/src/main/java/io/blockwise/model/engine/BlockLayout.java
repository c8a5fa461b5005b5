package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The tensors of a block: their names, shapes and order, and the values that they start from, as
 * its layers and its loss declare them. Every engine builds a block on it, so that all of them have
 * the same tables and the same first numbers.
 *
 * <p>Names: {@code layers.I.weight} and so on for the layers, then what the loss has, {@code
 * head.0.weight}, and last {@code exit.weight} for the classifier. Immutable.
 */
public final class BlockLayout {
  private final Tensors parameters;
  private final Tensors statistics;
  private final Tensors slow;

  private BlockLayout(List<TensorSpec> tensors) {
    parameters = new Tensors(tensors, TensorSpec.Kind.PARAMETER);
    statistics = new Tensors(tensors, TensorSpec.Kind.STATISTIC);
    slow = new Tensors(tensors, TensorSpec.Kind.SLOW);
  }

  /**
   * The tensors of a block.
   *
   * @param in what it reads
   * @throws IllegalArgumentException if a layer or the loss cannot read what comes to it
   */
  public static BlockLayout of(BlockSpec spec, Border in, int classes) {
    return new BlockLayout(spec.tensors(in, classes));
  }

  /** The trainable parameters. */
  public TensorTable parameters() {
    return parameters.table;
  }

  /** The running statistics of the batch norms. */
  public TensorTable statistics() {
    return statistics.table;
  }

  /** The parameters that follow those of the next block. */
  public TensorTable slow() {
    return slow.table;
  }

  /**
   * Fresh parameters, drawn tensor by tensor in the table's order, each value from the upper 53
   * bits of one {@code nextLong}: what else a generator offers may change with the Java version.
   */
  public float[] firstParameters(RandomGenerator random) {
    return parameters.first(random);
  }

  /** The running statistics before the first batch. */
  public float[] firstStatistics() {
    return statistics.first(null);
  }

  /** The tensors of one kind. */
  private static final class Tensors {
    private final List<TensorSpec> specs;
    private final TensorTable table;

    Tensors(List<TensorSpec> all, TensorSpec.Kind kind) {
      specs = all.stream().filter(tensor -> tensor.kind() == kind).toList();
      List<TensorTable.Entry> entries = new ArrayList<>();
      int length = 0;
      for (TensorSpec spec : specs) {
        entries.add(new TensorTable.Entry(spec.name(), spec.shape(), length, spec.byRow()));
        length += entries.get(entries.size() - 1).length();
      }
      table = new TensorTable(entries);
    }

    float[] first(RandomGenerator random) {
      float[] values = new float[table.length()];
      for (int i = 0; i < specs.size(); i++) {
        TensorTable.Entry entry = table.entries().get(i);
        for (int j = 0; j < entry.length(); j++) {
          values[entry.offset() + j] = (float) draw(specs.get(i).start(), random);
        }
      }
      return values;
    }

    private static double draw(TensorSpec.Start start, RandomGenerator random) {
      if (start.bound() == 0) {
        return start.value();
      }
      double within = (random.nextLong() >>> 11) * 0x1.0p-52 - 1; // from -1 on, below 1
      return start.value() + start.bound() * within;
    }
  }
}
