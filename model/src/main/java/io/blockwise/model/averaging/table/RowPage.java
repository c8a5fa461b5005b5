package io.blockwise.model.averaging.table;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Neighbouring rows of a table, which are copied together when one of them changes: only where they
 * are, not their values. Never changed once a {@link RowTable} that holds it is there.
 */
final class RowPage implements Serializable {
  private static final long serialVersionUID = 1;

  /** Rows of a page. */
  static final int ROWS = 128;

  private final int place;
  private final float[][] values;
  private final long[] versions;
  private long newest;

  /**
   * A page without rows.
   *
   * @param place among the pages of the table, from 0
   */
  RowPage(int place) {
    this(place, new float[ROWS][], new long[ROWS], -1);
  }

  private RowPage(int place, float[][] values, long[] versions, long newest) {
    this.place = place;
    this.values = values;
    this.versions = versions;
    this.newest = newest;
  }

  RowPage copy() {
    return new RowPage(place, values.clone(), versions.clone(), newest);
  }

  /** Where it is among the pages of the table, from 0. */
  int place() {
    return place;
  }

  float[] row(int index) {
    return values[index];
  }

  /** Version of its last change. */
  long newest() {
    return newest;
  }

  void set(int index, float[] row, long version) {
    values[index] = row;
    versions[index] = version;
    newest = Math.max(newest, version);
  }

  /** Takes over the rows that another page holds. */
  void takeOver(RowPage other) {
    for (int i = 0; i < ROWS; i++) {
      if (other.values[i] != null) {
        set(i, other.values[i], other.versions[i]);
      }
    }
  }

  /** Writes the numbers of what has changed after a version; how many are there then. */
  int addChanged(long version, int[] into, int count) {
    int end = count;
    for (int i = 0; i < ROWS; i++) {
      if (values[i] != null && versions[i] > version) {
        into[end++] = place * ROWS + i;
      }
    }
    return end;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowPage page
        && place == page.place
        && newest == page.newest
        && Arrays.equals(versions, page.versions)
        && Arrays.deepEquals(values, page.values);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(values);
  }
}
