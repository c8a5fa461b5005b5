package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.TensorTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Where the tensors of a table lie in a vector on the device: each starts at a multiple of {@link
 * #ALIGNMENT}, since kernels such as cuDNN's batch norm read several values at a time and fail at
 * any other address. Gaps hold zeros, which no optimiser moves and no norm counts.
 *
 * <pre>
 *   on the host    [ a a a b b b b c ]            as files, pushes and the seam have it
 *   on the device  [ a a a 0 .. 0 | b b b b 0 .. 0 | c 0 .. 0 ]
 * </pre>
 *
 * <p>Immutable.
 */
final class AlignedTable {
  /** In values: 256 bytes, as PyTorch's own allocator would place a tensor at least. */
  static final int ALIGNMENT = 64;

  private final TensorTable table;
  private final List<Integer> offsets = new ArrayList<>();
  private final List<long[]> shapes;
  private final int length;

  AlignedTable(TensorTable table) {
    this.table = table;
    int end = 0;
    for (TensorTable.Entry entry : table.entries()) {
      offsets.add(end);
      end += (entry.length() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    length = end;
    shapes =
        table.entries().stream()
            .map(entry -> entry.shape().stream().mapToLong(Integer::longValue).toArray())
            .toList();
  }

  /** Of the tensors behind the first ones, which lie alike in the rest of a vector. */
  AlignedTable behind(int first) {
    List<TensorTable.Entry> rest = new ArrayList<>();
    int offset = 0;
    for (TensorTable.Entry entry : table.entries().subList(first, table.entries().size())) {
      rest.add(new TensorTable.Entry(entry.name(), entry.shape(), offset, entry.byRow()));
      offset += entry.length();
    }
    return new AlignedTable(new TensorTable(rest));
  }

  /** The tensors as the host has them. */
  TensorTable table() {
    return table;
  }

  /** Values of a vector on the device, gaps included. */
  int length() {
    return length;
  }

  /** Where a tensor starts on the device. */
  int offset(int tensor) {
    return offsets.get(tensor);
  }

  /** How to cut a vector on the device: a tensor, the gap behind it, the next tensor and so on. */
  private long[] cuts() {
    long[] cuts = new long[2 * offsets.size()];
    for (int i = 0; i < offsets.size(); i++) {
      int own = table.entries().get(i).length();
      int next = i + 1 < offsets.size() ? offset(i + 1) : length;
      cuts[2 * i] = own;
      cuts[2 * i + 1] = (long) next - offset(i) - own;
    }
    return cuts;
  }

  /** Which tensor each {@link #ALIGNMENT} values of a vector on the device are of, with its gap. */
  int[] chunkOwners() {
    int[] owners = new int[length / ALIGNMENT];
    for (int i = 0; i < offsets.size(); i++) {
      int next = i + 1 < offsets.size() ? offset(i + 1) : length;
      Arrays.fill(owners, offset(i) / ALIGNMENT, next / ALIGNMENT, i);
    }
    return owners;
  }

  /** A vector's tensors, each flat, as views of it. */
  List<Tensor> parts(Tensor vector) {
    TensorVector pieces = vector.split_with_sizes(cuts(), 0);
    return IntStream.range(0, offsets.size()).mapToObj(i -> pieces.get(2L * i)).toList();
  }

  /** The same by name, each in its shape. */
  Map<String, Tensor> tensors(Tensor vector) {
    List<Tensor> parts = parts(vector);
    Map<String, Tensor> tensors = new HashMap<>();
    for (int i = 0; i < shapes.size(); i++) {
      tensors.put(table.entries().get(i).name(), parts.get(i).view(shapes.get(i)));
    }
    return tensors;
  }

  /** The shape of a tensor. */
  long[] shape(int tensor) {
    return shapes.get(tensor).clone();
  }

  /** The tensors of a part of a block with the gaps behind them, as a view of a vector. */
  Tensor part(Tensor vector, String name) {
    int first = table.first(name);
    int behind = first + table.count(name);
    int end = behind < offsets.size() ? offset(behind) : length;
    return vector.narrow(0, offset(first), (long) end - offset(first));
  }

  /** The vector for the device of the values that start at {@code from}. */
  float[] spread(float[] values, int from) {
    float[] spread = new float[length];
    for (int i = 0; i < offsets.size(); i++) {
      TensorTable.Entry entry = table.entries().get(i);
      System.arraycopy(values, from + entry.offset(), spread, offset(i), entry.length());
    }
    return spread;
  }

  /** Copies a vector's tensors out, one behind the other from {@code to} on. */
  void read(Tensor vector, float[] into, int to) {
    float[] spread = new float[length];
    Host.read(vector, spread, 0);
    for (int i = 0; i < offsets.size(); i++) {
      TensorTable.Entry entry = table.entries().get(i);
      System.arraycopy(spread, offset(i), into, to + entry.offset(), entry.length());
    }
  }

  /** Copies values, which start at {@code from}, into a vector's tensors. */
  void write(float[] values, int from, Tensor vector) {
    Host.write(spread(values, from), 0, vector);
  }
}
