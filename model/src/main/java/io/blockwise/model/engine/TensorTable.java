package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import java.util.List;

/**
 * Names the tensors of a flat vector. Tensors lie one behind the other without gaps, in PyTorch's
 * layouts (convolution OIHW, linear {@code [out, in]}).
 *
 * <p>Names start with the part they belong to: {@code layers.3.weight}, {@code head.0.bias}, {@code
 * exit.weight}, {@code layers.1.running_mean}. Immutable.
 */
public record TensorTable(List<Entry> entries) {
  public TensorTable {
    entries = List.copyOf(entries);
    int offset = 0;
    for (Entry entry : entries) {
      if (entry.offset() != offset) {
        throw new IllegalArgumentException(
            "Invalid offset of "
                + entry.name()
                + ": "
                + entry.offset()
                + " (must be "
                + offset
                + ")");
      }
      offset += entry.length();
    }
  }

  /** Values in the whole vector. */
  public int length() {
    return entries.stream().mapToInt(Entry::length).sum();
  }

  /** Values in tensors whose name starts with {@code part.}. */
  public int length(String part) {
    return entries.stream().filter(entry -> entry.isOf(part)).mapToInt(Entry::length).sum();
  }

  /** The first tensor of a part, from 0; the others of the part are those behind it. */
  public int first(String part) {
    int tensor = 0;
    while (!entries.get(tensor).isOf(part)) {
      tensor++;
    }
    return tensor;
  }

  /** The number of tensors of a part. */
  public int count(String part) {
    return (int) entries.stream().filter(entry -> entry.isOf(part)).count();
  }

  /** Values of what computes the block's output. */
  public int lengthOfBody() {
    return length(BlockSpec.LAYERS) + length(BlockSpec.CONTEXT);
  }

  /** Values of what a loss has beside the exit, whatever it calls it. */
  public int lengthOfHeads() {
    return length() - lengthOfBody() - length(BlockSpec.EXIT);
  }

  /**
   * One tensor.
   *
   * @param shape sizes, first the slowest
   * @param offset of its first value in the vector
   * @param byRow whether it is a table of which a step changes only the rows that its batch reads
   */
  public record Entry(String name, List<Integer> shape, int offset, boolean byRow) {
    public Entry {
      shape = List.copyOf(shape);
    }

    /** One that every step changes as a whole. */
    public Entry(String name, List<Integer> shape, int offset) {
      this(name, shape, offset, false);
    }

    private boolean isOf(String part) {
      return name.startsWith(part + ".");
    }

    /** Values in the tensor. */
    public int length() {
      return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
  }
}
