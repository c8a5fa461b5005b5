package io.blockwise.model.averaging.table;

import java.util.List;

/** Changes of several rows, and their weight in a mean. Immutable, as nobody writes to values. */
public final class RowChanges {
  private final RowNumbers numbers;
  private final float[] values;
  private final int first;
  private final double weight;

  /**
   * @param numbers of the rows
   * @param values {@code [numbers, width]} from {@code first} on, shared
   */
  public RowChanges(RowNumbers numbers, float[] values, int first, double weight) {
    this.numbers = numbers;
    this.values = values;
    this.first = first;
    this.weight = weight;
  }

  /**
   * The next version of a table, by the mean of changes: {@code g + sum of weight d}. In the order
   * in which they are given and in double precision, so that equal changes give equal bits; who has
   * no change of a row counts as one of zero.
   */
  public static RowTable addMean(RowTable from, long version, List<RowChanges> changes) {
    RowNumbers all = RowNumbers.NONE;
    for (RowChanges one : changes) {
      all = all.with(one.numbers);
    }
    RowNumbers numbers = all;
    int[] next = new int[changes.size()];
    return from.edited(version, numbers, i -> moved(from, numbers.at(i), changes, next));
  }

  private static float[] moved(RowTable from, int number, List<RowChanges> changes, int[] next) {
    double[] mean = new double[from.width()];
    for (int one = 0; one < next.length; one++) {
      RowChanges some = changes.get(one);
      if (next[one] < some.numbers.count() && some.numbers.at(next[one]) == number) {
        some.addTo(mean, next[one]);
        next[one]++;
      }
    }
    float[] g = from.row(number);
    float[] moved = new float[g.length];
    for (int j = 0; j < g.length; j++) {
      moved[j] = (float) (g[j] + mean[j]);
    }
    return moved;
  }

  private void addTo(double[] mean, int index) {
    for (int j = 0; j < mean.length; j++) {
      mean[j] += weight * values[first + index * mean.length + j];
    }
  }
}
