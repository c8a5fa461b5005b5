package io.blockwise.model.spec;

import java.util.Arrays;
import java.util.List;

/**
 * One tensor of a layer. Immutable.
 *
 * @param name within the layer: {@code weight}
 * @param kind what becomes of it
 * @param shape sizes, first the slowest
 * @param start what it holds before the first step
 * @param byRow whether it is a table of which a step changes only the rows that its batch reads
 */
public record TensorSpec(String name, Kind kind, List<Integer> shape, Start start, boolean byRow) {
  /** What becomes of a tensor. */
  public enum Kind {
    /** It is trained. */
    PARAMETER,
    /** It follows the batches as a running value; no optimiser touches it. */
    STATISTIC,
    /** It follows the parameters of the next block. */
    SLOW
  }

  public TensorSpec {
    shape = List.copyOf(shape);
  }

  /** A parameter that starts as PyTorch's default: uniform within 1 / sqrt(fanIn) around 0. */
  static TensorSpec uniform(String name, int fanIn, Integer... shape) {
    return new TensorSpec(
        name, Kind.PARAMETER, Arrays.asList(shape), new Start(0, 1 / Math.sqrt(fanIn)), false);
  }

  /** A vector that starts at one value. */
  static TensorSpec constant(String name, Kind kind, double value, int length) {
    return new TensorSpec(name, kind, List.of(length), new Start(value, 0), false);
  }

  /** The same tensor of a part of a block, with that part's name before its own. */
  TensorSpec of(String part) {
    return new TensorSpec(part + "." + name, kind, shape, start, byRow);
  }

  /** The same tensor, following one of the next block's. */
  TensorSpec slow() {
    return new TensorSpec(name, Kind.SLOW, shape, start, byRow);
  }

  /** The same tensor, starting at 0. */
  TensorSpec fromZero() {
    return new TensorSpec(name, kind, shape, new Start(0, 0), byRow);
  }

  /**
   * Where a tensor starts: everywhere at a value if the bound is 0, else drawn uniformly from
   * within the bound around it. Immutable.
   */
  public record Start(double value, double bound) {}
}
