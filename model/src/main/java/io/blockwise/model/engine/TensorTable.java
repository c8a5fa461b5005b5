package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import java.util.List;
import java.util.Optional;

/**
 * Names the tensors of a flat vector. Tensors lie one behind the other without gaps, in PyTorch's
 * layouts (convolution OIHW, linear {@code [out, in]}).
 *
 * <p>Names start with the part they belong to: {@code layers.3.weight}, {@code head.0.bias}, {@code
 * exit.weight}, {@code layers.1.running_mean}. At most one is a table of which a step changes only
 * some rows. Immutable.
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
    requireOneTable(entries.stream().filter(Entry::byRow).toList());
  }

  private static void requireOneTable(List<Entry> tables) {
    if (tables.size() > 1) {
      throw new IllegalArgumentException(
          "Cannot average a block by the rows of both "
              + tables.get(0).name()
              + " and "
              + tables.get(1).name()
              + ": one table is the most (give each embedding its own block)");
    }
  }

  /** The table {@code [rows, width]} of which a step changes only the rows that its batch reads. */
  public Optional<Entry> table() {
    return entries.stream().filter(Entry::byRow).findFirst();
  }

  /** Values without those of the {@link #table}. */
  public int lengthOfRest() {
    return length() - table().map(Entry::length).orElse(0);
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
    return length(BlockSpec.LAYERS) + length(BlockSpec.CONTEXT) + length(BlockSpec.SIDE);
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
      if (byRow && shape.size() != 2) {
        throw new IllegalArgumentException(
            "Invalid shape of " + name + ": " + shape + " (must be [rows, width] of a table)");
      }
    }

    /** One that every step changes as a whole. */
    public Entry(String name, List<Integer> shape, int offset) {
      this(name, shape, offset, false);
    }

    /** Rows of a table. */
    public int rows() {
      return shape.get(0);
    }

    /** Values in each row of a table. */
    public int width() {
      return shape.get(1);
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
