package io.blockwise.model.averaging.table;

import io.blockwise.model.engine.TensorTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One version of a table {@code [rows, width]}, and for every row the version of its last change.
 * Rows that a new version leaves as they are, it shares with the old one: what a change takes grows
 * with the rows that it touches, not with the table.
 *
 * <p>A table that was received may hold only what has changed since a version; then only those rows
 * may be asked for. Equal by content. Immutable.
 */
public final class RowTable implements Serializable {
  private static final long serialVersionUID = 1;

  /** Of a block without a table. */
  public static final RowTable NONE = new RowTable(TableShape.NONE, -1, 0, new RowPage[0]);

  /** {@code since} of a table that holds all its rows. */
  public static final long EVER = -1;

  private final TableShape shape;
  private final long since;
  private final int origin;

  /** Ascending: of a table with all its rows every page, else those of which rows are there. */
  private final RowPage[] pages;

  private RowTable(TableShape shape, long since, int origin, RowPage[] pages) {
    this.shape = shape;
    this.since = since;
    this.origin = origin;
    this.pages = pages;
  }

  /** Version 0 of the table among these parameters; {@link #NONE} if there is none. */
  public static RowTable of(TensorTable tensors, float[] parameters) {
    return TableShape.of(tensors).map(shape -> first(shape, parameters)).orElse(NONE);
  }

  private static RowTable first(TableShape shape, float[] parameters) {
    RowPage[] pages = pages(0, shape.all(), i -> shape.row(i, parameters));
    return new RowTable(shape, EVER, shape.checkSum(parameters), pages);
  }

  /**
   * What has changed in a table. Takes no more room than the rows themselves do, whatever the shape
   * says.
   *
   * @param since all rows that have changed after this version are there; {@link #EVER} if all are
   * @param version of the state that the rows are of
   * @param values {@code [numbers, width]}
   * @throws IllegalArgumentException if the rows are not so many, or not of such a table
   */
  public static RowTable changes(
      TableShape shape, long since, long version, RowNumbers numbers, float[] values) {
    if (since < EVER || since > version) {
      throw damaged(
          "changes since version %d of version %d (must be from -1 to that)", since, version);
    }
    if (!numbers.areWithin(shape.rows())) {
      throw damaged("row %d of %s (must be below %d)", numbers.last(), shape, shape.rows());
    }
    if (since == EVER && numbers.count() != shape.rows()) {
      throw damaged("%s as the whole of %s (must be %d)", numbers, shape, shape.rows());
    }
    long length = (long) numbers.count() * shape.width();
    if (values.length != length) {
      throw damaged("%d values as %s of %s (must be %d)", values.length, numbers, shape, length);
    }
    return new RowTable(shape, since, 0, pages(version, numbers, cuts(shape, values, 0)));
  }

  private static IllegalArgumentException damaged(String fact, Object... values) {
    return new IllegalArgumentException(
        "Cannot read " + fact.formatted(values) + ": the message is damaged");
  }

  private static IntFunction<float[]> cuts(TableShape shape, float[] values, int first) {
    int width = shape.width();
    return i -> Arrays.copyOfRange(values, first + i * width, first + (i + 1) * width);
  }

  private static RowPage[] pages(long version, RowNumbers numbers, IntFunction<float[]> rows) {
    List<RowPage> pages = new ArrayList<>();
    for (int i = 0; i < numbers.count(); i++) {
      int place = numbers.at(i) / RowPage.ROWS;
      if (pages.isEmpty() || pages.get(pages.size() - 1).place() != place) {
        pages.add(new RowPage(place));
      }
      pages.get(pages.size() - 1).set(numbers.at(i) % RowPage.ROWS, rows.apply(i), version);
    }
    return pages.toArray(RowPage[]::new);
  }

  /** What it is and where. */
  public TableShape shape() {
    return shape;
  }

  /** Check sum of version 0; without meaning in what was received. */
  public int origin() {
    return origin;
  }

  /** Whether the block has none. */
  public boolean isNone() {
    return shape.isNone();
  }

  /** Whether all its rows are there, not only what has changed since a version. */
  public boolean isWhole() {
    return since == EVER;
  }

  /** Values in a row. */
  public int width() {
    return shape.width();
  }

  /** The values of a row themselves, only to be read. */
  public float[] row(int number) {
    return page(number / RowPage.ROWS).row(number % RowPage.ROWS);
  }

  private RowPage page(int place) {
    int at = Math.min(place, pages.length - 1);
    while (pages[at].place() > place) {
      at--; // only where pages are missing
    }
    return pages[at];
  }

  /**
   * The rows that have changed after a version.
   *
   * @throws IllegalArgumentException if this table does not know
   */
  public RowNumbers changedSince(long version) {
    if (version < since) {
      throw new IllegalArgumentException(
          "Cannot go on from version %d of a table: only what has changed since version %d is there"
              .formatted(version, since));
    }
    int[] numbers = new int[Math.min(shape.rows(), RowPage.ROWS)];
    int count = 0;
    for (RowPage page : pages) {
      if (page.newest() > version) {
        numbers = count + RowPage.ROWS > numbers.length ? grown(numbers) : numbers;
        count = page.addChanged(version, numbers, count);
      }
    }
    return RowNumbers.owning(Arrays.copyOf(numbers, count));
  }

  private static int[] grown(int[] numbers) {
    return Arrays.copyOf(numbers, 2 * numbers.length + RowPage.ROWS);
  }

  /** Whether no value that has changed after a version is infinite or not a number. */
  public boolean isFiniteSince(long version) {
    RowNumbers changed = changedSince(version);
    boolean finite = true;
    for (int i = 0; i < changed.count() && finite; i++) {
      for (float value : row(changed.at(i))) {
        finite &= Math.abs(value) <= Float.MAX_VALUE;
      }
    }
    return finite;
  }

  /**
   * The next version, in which some rows have other values.
   *
   * @param values {@code [numbers, width]} from {@code first} on
   */
  public RowTable with(long version, RowNumbers numbers, float[] values, int first) {
    return edited(version, numbers, cuts(shape, values, first));
  }

  /**
   * The next version, in which some rows are {@code g + weight d}.
   *
   * @param d {@code [numbers, width]} from {@code first} on
   */
  public RowTable moved(long version, RowNumbers numbers, double weight, float[] d, int first) {
    return edited(
        version,
        numbers,
        i -> {
          float[] g = row(numbers.at(i));
          float[] moved = new float[g.length];
          for (int j = 0; j < g.length; j++) {
            moved[j] = (float) (g[j] + weight * d[first + i * g.length + j]);
          }
          return moved;
        });
  }

  /** The next version of a table with all its rows, some of which are taken over. */
  RowTable edited(long version, RowNumbers numbers, IntFunction<float[]> rows) {
    if (numbers.count() == 0) {
      return this;
    }
    RowPage[] edited = pages.clone();
    int last = -1;
    for (int i = 0; i < numbers.count(); i++) {
      int page = numbers.at(i) / RowPage.ROWS;
      if (page != last) {
        last = page;
        edited[page] = pages[page].copy();
      }
      edited[page].set(numbers.at(i) % RowPage.ROWS, rows.apply(i), version);
    }
    return new RowTable(shape, since, origin, edited);
  }

  /**
   * This one with what has changed since, or a newer one that is whole.
   *
   * @throws IllegalArgumentException if that is of a table of another shape
   */
  public RowTable followedBy(RowTable newer) {
    if (!newer.shape.equals(shape) && !(isNone() && newer.isWhole())) {
      throw new IllegalArgumentException(
          "Cannot go on from a table with %s: this one is %s (the workers were built from another specification)"
              .formatted(newer.shape, shape));
    }
    if (newer.isWhole()) {
      return newer;
    }
    RowPage[] edited = pages.clone();
    for (RowPage page : newer.pages) {
      edited[page.place()] = pages[page.place()].copy();
      edited[page.place()].takeOver(page);
    }
    return new RowTable(shape, since, origin, edited);
  }

  /** All parameters of a block: the table in its place among the others; these without a table. */
  public float[] among(float[] others) {
    if (isNone()) {
      return others;
    }
    float[] whole = new float[others.length + shape.rows() * shape.width()];
    System.arraycopy(others, 0, whole, 0, shape.offset());
    for (int row = 0; row < shape.rows(); row++) {
      System.arraycopy(row(row), 0, whole, shape.offset() + row * shape.width(), shape.width());
    }
    int behind = whole.length - shape.end();
    System.arraycopy(others, shape.offset(), whole, shape.end(), behind);
    return whole;
  }

  /** The parameters of a block that are not of the table; all of them without one. */
  public float[] others(float[] parameters) {
    return shape.others(parameters);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowTable table
        && shape.equals(table.shape)
        && since == table.since
        && Arrays.equals(pages, table.pages);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pages);
  }

  /** Names the shape only. */
  @Override
  public String toString() {
    return shape.toString();
  }
}
