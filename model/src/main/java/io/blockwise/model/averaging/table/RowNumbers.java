package io.blockwise.model.averaging.table;

import java.io.Serializable;
import java.util.Arrays;

/** Numbers of rows of a table, from 0, ascending, each once. Immutable. */
public final class RowNumbers implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of no row. */
  public static final RowNumbers NONE = new RowNumbers(new int[0]);

  private final int[] numbers;

  private RowNumbers(int[] numbers) {
    this.numbers = numbers;
  }

  /**
   * Takes the array over; nobody may write to it from now on.
   *
   * @throws IllegalArgumentException if the numbers do not grow from 0 on
   */
  public static RowNumbers owning(int[] numbers) {
    int last = -1;
    for (int number : numbers) {
      if (number <= last) {
        throw new IllegalArgumentException(
            "Cannot read numbers of rows: %d behind %d (must grow from 0 on)"
                .formatted(number, last));
      }
      last = number;
    }
    return numbers.length == 0 ? NONE : new RowNumbers(numbers);
  }

  /** How many. */
  public int count() {
    return numbers.length;
  }

  /** The number at {@code index}, from 0. */
  public int at(int index) {
    return numbers[index];
  }

  /** The numbers themselves, only to be read. */
  public int[] shared() {
    return numbers;
  }

  /** The greatest; -1 if there is none. */
  public int last() {
    return numbers.length == 0 ? -1 : numbers[numbers.length - 1];
  }

  /** Whether all are rows of a table of so many. */
  public boolean areWithin(int rows) {
    return last() < rows;
  }

  /** Those that are here or there. */
  public RowNumbers with(RowNumbers other) {
    if (numbers.length == 0 || other.numbers.length == 0) {
      return numbers.length == 0 ? other : this;
    }
    int[] all = new int[numbers.length + other.numbers.length];
    int count = 0;
    int here = 0;
    int there = 0;
    while (here < numbers.length || there < other.numbers.length) {
      int mine = here < numbers.length ? numbers[here] : Integer.MAX_VALUE;
      int theirs = there < other.numbers.length ? other.numbers[there] : Integer.MAX_VALUE;
      all[count++] = Math.min(mine, theirs);
      here += mine <= theirs ? 1 : 0;
      there += theirs <= mine ? 1 : 0;
    }
    return new RowNumbers(Arrays.copyOf(all, count));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowNumbers some && Arrays.equals(numbers, some.numbers);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(numbers);
  }

  /** Says how many only. */
  @Override
  public String toString() {
    return numbers.length + " rows";
  }
}
