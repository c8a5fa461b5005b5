package io.blockwise.model.engine;

import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A batch on the host: the fields of its rows by name, their labels, and what they count. An
 * example is one row, or one in each of several views: first all examples in the first view, then
 * all in the second, with the same labels and weights.
 *
 * <p>The arrays may be longer than the batch needs, so that one set of arrays serves every batch.
 * Used by one thread at a time.
 */
public final class Batch {
  private static final String INPUT = "input";
  private static final float[] NO_WEIGHTS = {};

  private final Map<String, BatchField> fields;
  private final int[] labels;
  private final long[] numbers;

  /** What networks read; null if the batch is of texts. */
  private final FloatField floats;

  /** What networks of texts read; null if the batch is of another kind. */
  private final TokenField tokens;

  private final int views;
  private int rows;
  private long chance;
  private boolean repeats;

  /** Empty if the batch is not weighted. */
  private float[] weights = NO_WEIGHTS;

  /** Space for {@code capacity} rows, each an example of its own; holds none yet. */
  public Batch(Map<String, BatchField> fields, int capacity) {
    this(fields, capacity, 1);
  }

  /**
   * Space for {@code capacity} rows; holds none yet.
   *
   * @param fields each with that capacity, at least one; the first one is what networks read, the
   *     others are further ones, which some block may read as well
   * @param views of every example, at least 1; the capacity is a multiple of them
   */
  public Batch(Map<String, BatchField> fields, int capacity, int views) {
    if (views < 1 || capacity % views != 0) {
      throw new IllegalArgumentException(
          "Invalid views: "
              + views
              + " (must be at least 1, and a divisor of the capacity "
              + capacity
              + ")");
    }
    this.views = views;
    this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    this.labels = new int[capacity];
    this.numbers = new long[capacity];
    BatchField main = fields.isEmpty() ? null : fields.values().iterator().next();
    this.floats = main instanceof FloatField values ? values : null;
    this.tokens = main instanceof TokenField ids ? ids : null;
    if (fields.isEmpty() || fields.values().stream().anyMatch(f -> f.capacity() != capacity)) {
      throw new IllegalArgumentException(
          "Invalid fields: "
              + fields.keySet()
              + " (must be at least one, each for "
              + capacity
              + " rows)");
    }
  }

  /** Space for rows of one field, {@code input}. */
  public Batch(Shape shape, int capacity) {
    this(Map.of(INPUT, new FloatField(shape, capacity)), capacity);
  }

  /** Rows in the batch: what blocks compute, examples times views. */
  public int rows() {
    return rows;
  }

  /** Examples in the batch: what is counted of the data set, each once in all its views. */
  public int examples() {
    return rows / views;
  }

  /** Rows that fit. */
  public int capacity() {
    return labels.length;
  }

  /** Says how many of the leading rows are valid; only for batches of one view. */
  public void rows(int filled) {
    if (views != 1) {
      throw new IllegalStateException("Cannot count rows of " + views + " views (count examples)");
    }
    examples(filled);
  }

  /** Says how many examples the batch holds; their views follow each other without a gap. */
  public void examples(int filled) {
    int most = labels.length / views;
    if (filled < 0 || filled > most) {
      throw new IllegalArgumentException(
          "Invalid rows: " + filled + " (must be from 0 to " + most + ")");
    }
    rows = filled * views;
  }

  /** What decides on all that is random in a step on it: dropout. */
  public long chance() {
    return chance;
  }

  /** Says what decides; the same number for the same batch of the same run. */
  public void chance(long decides) {
    chance = decides;
  }

  /**
   * Whether rows with the same {@link #number} have the same values and weights, in whatever batch.
   */
  public boolean repeats() {
    return repeats;
  }

  /** Says so, for all that the batch will hold. */
  public void repeats(boolean always) {
    repeats = always;
  }

  /** The number of a row in its split; 0 unless whoever has filled the batch said another. */
  public long number(int row) {
    return numbers[row];
  }

  /** Says the number of a row. */
  public void number(int row, long ofSplit) {
    numbers[row] = ofSplit;
  }

  /** Whether rows have weights of their own. */
  public boolean weighted() {
    return weights.length > 0;
  }

  /** Says so, for all that the batch will hold; every row counts 1 then, until it is said. */
  public void weighted(boolean always) {
    weights = always ? new float[capacity()] : NO_WEIGHTS;
    Arrays.fill(weights, 1);
  }

  /**
   * What a row counts in cross-entropies, whose mean over the batch is {@code sum w_i l_i / sum
   * w_i}, with w the weight of the row times that of its class: so a row of weight 2 is the row
   * twice, and only ratios matter. Losses that compare rows count all alike. 1 unless whoever has
   * filled the batch said otherwise.
   */
  public float weight(int row) {
    return weighted() ? weights[row] : 1;
  }

  /**
   * Says what a row counts: of an example in several views each of its rows, as labels are said.
   *
   * @param counts finite, above 0
   * @throws IllegalArgumentException if it is not
   * @throws IllegalStateException if the batch is not {@link #weighted}
   */
  public void weight(int row, float counts) {
    if (!weighted()) {
      throw new IllegalStateException(
          "Cannot weigh row " + row + ": the batch is not weighted (say so when allocating it)");
    }
    if (!(counts > 0) || Float.isInfinite(counts)) {
      throw new IllegalArgumentException(
          "Invalid weight: " + counts + " of row " + row + " (must be finite, above 0)");
    }
    weights[row] = counts;
  }

  /** What each of its {@link #rows} counts, copied; empty if the batch is not weighted. */
  public float[] weights() {
    return weighted() ? Arrays.copyOf(weights, rows) : NO_WEIGHTS;
  }

  /** Class ids from 0, one per row. */
  public int[] labels() {
    return labels;
  }

  /**
   * One field.
   *
   * @throws IllegalArgumentException if there is none of that name, or it is of another kind
   */
  public <F extends BatchField> F field(String name, Class<F> kind) {
    BatchField field = fields.get(name);
    if (!kind.isInstance(field)) {
      throw unreadable("field " + name + " as " + kind.getSimpleName());
    }
    return kind.cast(field);
  }

  /** The fields behind the first one, by name in their order. */
  public Map<String, BatchField> sides() {
    Map<String, BatchField> sides = new LinkedHashMap<>(fields);
    sides.remove(fields.keySet().iterator().next());
    return sides;
  }

  /** Shape of one row of the first field, as {@link #inputs} has it. */
  public Shape shape() {
    return floats().shape();
  }

  /**
   * The first field of a batch whose rows are floats, such as images: row i starts at {@code i *
   * shape().elements()}.
   *
   * @throws IllegalArgumentException if it is of another kind
   */
  public float[] inputs() {
    return floats().values();
  }

  /** The first field of a batch whose rows are texts; empty if it is of another kind. */
  public Optional<TokenField> tokens() {
    return Optional.ofNullable(tokens);
  }

  private FloatField floats() {
    if (floats == null) {
      throw unreadable("a first field of floats");
    }
    return floats;
  }

  private IllegalArgumentException unreadable(String what) {
    return new IllegalArgumentException(
        "Cannot read " + what + ": the batch has the fields " + fields.keySet());
  }
}
