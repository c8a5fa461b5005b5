package io.blockwise.model.averaging;

import io.blockwise.model.engine.TensorTable;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * A block with a table between its other parameters, of which a step moves a few rows, as far as
 * they and its random numbers say. {@link #dense} is the same without saying so.
 */
final class TableBlock extends ArrayBlock {
  static final int ROWS = 300;
  static final int WIDTH = 3;
  static final int BEFORE = 2;
  static final int BEHIND = 4;
  static final int LENGTH = BEFORE + ROWS * WIDTH + BEHIND;
  static final int TOUCHED = 5;

  private final TensorTable tensors;
  private final TreeSet<Integer> changed = new TreeSet<>();

  private TableBlock(boolean byRow, long seed) {
    super(LENGTH, RandomSchedule.STATISTICS, 1);
    tensors = tensors(byRow);
    Random random = new Random(seed);
    for (int i = 0; i < LENGTH; i++) {
      parameters[i] = random.nextFloat() - 0.5f;
    }
    statistics[1] = 1;
  }

  static TableBlock sparse(long seed) {
    return new TableBlock(true, seed);
  }

  static TableBlock dense(long seed) {
    return new TableBlock(false, seed);
  }

  static TensorTable tensors(boolean byRow) {
    return new TensorTable(
        List.of(
            new TensorTable.Entry("layers.0.bias", List.of(BEFORE), 0),
            new TensorTable.Entry("layers.1.weight", List.of(ROWS, WIDTH), BEFORE, byRow),
            new TensorTable.Entry("exit.weight", List.of(BEHIND), LENGTH - BEHIND)));
  }

  @Override
  public TensorTable parameters() {
    return tensors;
  }

  @Override
  public int[] takeChangedRows() {
    if (tensors.table().isEmpty()) {
      return super.takeChangedRows();
    }
    int[] rows = changed.stream().mapToInt(Integer::intValue).toArray();
    changed.clear();
    return rows;
  }

  /**
   * Moves some rows, of which small numbers are more frequent, and all that is not of the table.
   */
  void step(Random random) {
    for (int touched = 0; touched < TOUCHED; touched++) {
      int row = (int) (ROWS * Math.pow(random.nextDouble(), 3));
      changed.add(row);
      for (int j = 0; j < WIDTH; j++) {
        move(BEFORE + row * WIDTH + j, random);
      }
    }
    for (int i = 0; i < BEFORE + BEHIND; i++) {
      move(i < BEFORE ? i : LENGTH - BEHIND + i - BEFORE, random);
    }
    optimiser[0]++;
  }

  /** Adds something to each value of a row. */
  void moveRow(int row, float by) {
    changed.add(row);
    for (int j = 0; j < WIDTH; j++) {
      parameters[BEFORE + row * WIDTH + j] += by;
    }
  }

  private void move(int parameter, Random random) {
    parameters[parameter] += 0.2f * (random.nextFloat() - 0.5f - 0.3f * parameters[parameter]);
  }
}
