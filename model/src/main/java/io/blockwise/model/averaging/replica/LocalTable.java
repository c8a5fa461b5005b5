package io.blockwise.model.averaging.replica;

import static io.blockwise.model.engine.StateKind.PARAMETERS;

import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.engine.Block;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The arithmetic of one replica on the table of its block, row by row, with the names of {@link
 * LocalValue}. Rows are touched where they have changed: here, since they were last pushed, or in
 * the ledger, since its value was last adopted. In all others {@code x - a} stays what it is, which
 * is what a codec and rounding have left behind; it goes with the row's next change. Does nothing
 * for a block without a table. Used by the block's thread.
 */
final class LocalTable {
  private final Block block;

  /** The ledger's, as it was last adopted. */
  private RowTable g = RowTable.NONE;

  private int origin;

  /** Rows in which {@code a} is ahead of the ledger's value. */
  private Map<Integer, float[]> ahead = new TreeMap<>();

  /**
   * Rows in which {@code x} was not the ledger's, be it by one rounding, when its value was last
   * adopted.
   */
  private final BitSet apart = new BitSet();

  /** Rows that have been pushed, and of which it is not known yet what came of it. */
  private RowNumbers pushed = RowNumbers.NONE;

  LocalTable(Block block) {
    this.block = block;
  }

  /**
   * What there is before a lease opens. Before the first one that is version 0, if the block is as
   * it was made: where that depends on nothing but the run, the ledger has made the same.
   *
   * @param version of {@code a}
   */
  KnownTable known(long version) {
    if (block.parameters().table().isEmpty()) {
      return KnownTable.NOTHING;
    }
    if (g.isNone()) {
      float[] first = new float[block.length(PARAMETERS)];
      block.read(PARAMETERS, first);
      g = RowTable.of(block.parameters(), first);
      origin = g.origin();
    }
    return new KnownTable(version, origin);
  }

  /** Values in a row. */
  int width() {
    return g.width();
  }

  /** The ledger's table, whole, as it was last adopted. */
  RowTable base() {
    return g;
  }

  /** Rows that the last push has carried. */
  RowNumbers pushed() {
    return pushed;
  }

  /** Forgets what was learned; whoever calls gives the block {@link #base}. */
  void start(RowTable newest) {
    if (newest.isNone()) {
      return;
    }
    g = g.followedBy(newest);
    ahead.clear();
    apart.clear();
    pushed = RowNumbers.NONE;
    RowNumbers unused = changedHere();
  }

  private RowNumbers changedHere() {
    return RowNumbers.owning(block.takeChangedRows());
  }

  /** The rows to be pushed: what steps have changed, and what a refused push has brought back. */
  RowNumbers takeForDelta() {
    pushed = pushed.with(changedHere());
    return pushed;
  }

  /** The same for a copy, which carries every row in which {@code x} is not the ledger's. */
  RowNumbers takeForCopy() {
    pushed = pushed.with(changedHere()).with(RowNumbers.owning(apart.stream().toArray()));
    return pushed;
  }

  private RowNumbers aheadRows() {
    return RowNumbers.owning(ahead.keySet().stream().mapToInt(Integer::intValue).toArray());
  }

  /** Copies rows of {@code x} to {@code into}, from {@code first} on. */
  void read(RowNumbers rows, float[] into, int first) {
    float[] x = x(rows);
    System.arraycopy(x, 0, into, first, x.length);
  }

  private float[] x(RowNumbers rows) {
    float[] x = new float[rows.count() * width()];
    if (x.length > 0) {
      block.readRows(rows.shared(), x);
    }
    return x;
  }

  /** {@code p <- p - a}, of the rows pushed. */
  void subtractBase(float[] p, int first) {
    int at = first;
    for (int number : pushed.shared()) {
      for (float a : a(number)) {
        p[at++] -= a;
      }
    }
  }

  /** {@code p <- p + a}, of the rows pushed. */
  void addBase(float[] p, int first) {
    int at = first;
    for (int number : pushed.shared()) {
      for (float a : a(number)) {
        p[at++] += a;
      }
    }
  }

  private float[] a(int number) {
    float[] own = ahead.get(number);
    return own == null ? g.row(number) : own;
  }

  /** The ledger has taken the copy: {@code a := p}. */
  void keep(float[] p, int first, long version) {
    g = g.with(version, pushed, p, first);
    ahead.clear();
    apart.clear();
    pushed = RowNumbers.NONE;
  }

  /** Nothing has been sent since {@code a}: {@code x <- g + (x - a)}, {@code a <- g}. */
  void resume(RowTable newest, long known) {
    adopt(newest, known, new float[0], 0, 0); // what is pushed is settled by then
  }

  /**
   * {@code a' = g + share (p - a)}, {@code x <- a' + (x - p)}, {@code a <- a'}. Of rows that were
   * not pushed {@code p} is {@code a}.
   *
   * @param newest the ledger's
   * @param known version of {@code a}
   * @param p the rows pushed, from {@code first} on
   */
  void adopt(RowTable newest, long known, float[] p, int first, double share) {
    if (g.isNone()) {
      return;
    }
    RowNumbers rows = newest.changedSince(known).with(pushed).with(aheadRows());
    RowTable after = g.followedBy(newest);
    Map<Integer, float[]> next = new TreeMap<>();
    float[] x = x(rows);
    int told = 0;
    for (int i = 0; i < rows.count(); i++) {
      int number = rows.at(i);
      float[] ledgers = after.row(number);
      float[] to = ledgers;
      if (told < pushed.count() && pushed.at(told) == number) {
        int at = first + told++ * width();
        if (share > 0) {
          to = ahead(to, share, p, at, a(number));
          next.put(number, to);
        }
        rebase(x, i * width(), to, p, at);
      } else {
        rebase(x, i * width(), to, a(number), 0);
      }
      apart.set(number, isApart(x, i * width(), ledgers));
    }
    if (rows.count() > 0) {
      block.adoptRows(rows.shared(), x);
    }
    g = after;
    ahead = next;
    pushed = RowNumbers.NONE;
  }

  private static boolean isApart(float[] x, int first, float[] row) {
    return !Arrays.equals(x, first, first + row.length, row, 0, row.length);
  }

  private static float[] ahead(float[] newest, double share, float[] p, int at, float[] a) {
    float[] ahead = new float[newest.length];
    for (int j = 0; j < ahead.length; j++) {
      ahead[j] = (float) (newest[j] + share * (p[at + j] - a[j]));
    }
    return ahead;
  }

  /** {@code x <- to + (x - from)} of a row. */
  private static void rebase(float[] x, int first, float[] to, float[] from, int at) {
    for (int j = 0; j < to.length; j++) {
      x[first + j] = to[j] + (x[first + j] - from[at + j]);
    }
  }

  /** Rows in which the value is not the ledger's, while nothing is on its way. */
  List<ValueMemento.Row> memento() {
    RowNumbers rows = RowNumbers.owning(apart.stream().toArray()).with(aheadRows());
    float[] x = x(rows);
    List<ValueMemento.Row> kept = new ArrayList<>();
    for (int i = 0; i < rows.count(); i++) {
      int number = rows.at(i);
      float[] own = Arrays.copyOfRange(x, i * width(), (i + 1) * width());
      FloatVector a = FloatVector.copyOf(a(number));
      kept.add(new ValueMemento.Row(number, FloatVector.owning(own), a, ahead.containsKey(number)));
    }
    return kept;
  }

  /**
   * Goes on from rows that another replica has kept; all others are the ledger's.
   *
   * @param sameVersion whether they are of the version that the ledger has
   */
  void restore(List<ValueMemento.Row> kept, boolean sameVersion) {
    int[] numbers = kept.stream().mapToInt(ValueMemento.Row::number).toArray();
    float[] x = new float[numbers.length * width()];
    for (int i = 0; i < numbers.length; i++) {
      ValueMemento.Row row = kept.get(i);
      System.arraycopy(row.x().shared(), 0, x, i * width(), width());
      if (!sameVersion) {
        rebase(x, i * width(), g.row(numbers[i]), row.a().shared(), 0);
      } else if (row.ahead()) {
        ahead.put(numbers[i], row.a().toArray());
      }
      apart.set(numbers[i], isApart(x, i * width(), g.row(numbers[i])));
    }
    if (numbers.length > 0) {
      block.adoptRows(numbers, x);
    }
  }
}
