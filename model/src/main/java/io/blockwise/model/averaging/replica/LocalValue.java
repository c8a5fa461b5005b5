package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.engine.Block;
import java.util.Arrays;

/**
 * The arithmetic of one replica. Names as in the averaging rule: {@code x} is the block's own
 * value, {@code a} the ledger's value that it last adopted, {@code p} the value that the ledger has
 * been told with the last push, {@code g} a newer value of the ledger. Where a worker anticipates
 * the others, {@code a} is ahead of the ledger's value by what is its own. All of them are without
 * the table that a block may have, but {@code p} has behind them the rows of it that were pushed;
 * the {@link LocalTable} does the same with rows. Used by the block's thread.
 */
class LocalValue {
  final Block block;
  private final LocalTable table;
  final float[] x;
  float[] p;
  float[] a;
  private boolean sharesA;
  private boolean ahead;
  private long version;

  LocalValue(Block block) {
    this.block = block;
    this.table = new LocalTable(block);
    int length = block.parameters().lengthOfRest();
    this.x = new float[length];
    this.p = new float[length];
    this.a = new float[length];
  }

  static LocalValue of(AveragingOptions.Rule rule, Block block) {
    return rule == AveragingOptions.Rule.ELASTIC ? new ElasticValue(block) : new LocalValue(block);
  }

  /** Version of {@code a}. */
  long version() {
    return version;
  }

  /** What it has of the ledger's table. */
  KnownTable known() {
    return table.known(version);
  }

  /** Forgets what was learned: {@code x <- g}, {@code a <- g}, running statistics likewise. */
  void start(BlockState g) {
    table.start(g.table());
    g.withTable(table.base()).applyTo(block);
    base(g);
  }

  /** Nothing has been sent since {@code a}: {@code x <- g + (x - a)}, {@code a <- g}. */
  void resume(BlockState g) {
    if (g.version() != version) {
      table.resume(g.table(), version);
      rebase(g, a);
    }
  }

  /** {@code p := x}, as it is. */
  Payload copy() {
    readWith(table.takeForCopy());
    return Payload.of(Codec.FP32, p);
  }

  /**
   * {@code d = dec(enc(x - a))}, {@code p = a + d}: what the codec loses stays in {@code x - p}.
   *
   * @param members workers that the averaging counts on
   */
  Payload delta(Codec codec, int members) {
    readWith(table.takeForDelta());
    for (int i = 0; i < x.length; i++) {
      p[i] -= a[i];
    }
    table.subtractBase(p, x.length);
    Payload payload = told(codec);
    for (int i = 0; i < x.length; i++) {
      p[i] += a[i];
    }
    table.addBase(p, x.length);
    return payload;
  }

  /** Rows of the table that the last push has carried, behind all other values. */
  RowNumbers rows() {
    return table.pushed();
  }

  /** {@code p <- x}, of the table these rows only. */
  private void readWith(RowNumbers rows) {
    int length = x.length + rows.count() * table.width();
    if (rows.count() == 0 && p.length == length) {
      block.readRest(p);
      return;
    }
    block.readRest(x);
    p = p.length == length ? p : new float[length];
    System.arraycopy(x, 0, p, 0, x.length);
    table.read(rows, p, x.length);
  }

  /** {@code p <- dec(enc(p))}, encoded. */
  Payload told(Codec codec) {
    Payload payload = Payload.of(codec, p);
    if (!codec.isExact()) {
      payload.decode(p);
    }
    return payload;
  }

  /** The ledger has taken the copy: {@code a := p}; {@code x} is not touched. */
  void keep(long copyVersion) {
    table.keep(p, x.length, copyVersion);
    float[] free = sharesA ? new float[p.length] : a;
    a = p;
    p = free;
    sharesA = false;
    ahead = false;
    version = copyVersion;
  }

  /** Keeps what was learned since the push: {@code x <- g + (x - p)}, {@code a <- g}. */
  void adopt(BlockState g) {
    table.adopt(g.table(), version, p, x.length, 0);
    rebase(g, p);
  }

  /**
   * The same, ahead by a share of the change that the push was: {@code a' = g + share (p - a)},
   * {@code x <- a' + (x - p)}, {@code a <- a'}. The next push is what comes after {@code a'}, so
   * that the ledger never sees what is ahead, and the next adoption drops it.
   *
   * @param share 0 to adopt the value as it is
   */
  final void adopt(BlockState g, double share) {
    if (share == 0) {
      adopt(g);
      return;
    }
    table.adopt(g.table(), version, p, x.length, share);
    float[] newest = g.value().shared();
    float[] before = sharesA ? new float[x.length] : a;
    block.readRest(x);
    for (int i = 0; i < x.length; i++) {
      before[i] = (float) (newest[i] + share * (p[i] - a[i]));
      x[i] = before[i] + (x[i] - p[i]);
    }
    block.adoptRest(x);
    a = before;
    sharesA = false;
    ahead = true;
    version = g.version();
  }

  private void rebase(BlockState g, float[] from) {
    float[] newest = g.value().shared();
    block.readRest(x);
    for (int i = 0; i < x.length; i++) {
      x[i] = newest[i] + (x[i] - from[i]);
    }
    block.adoptRest(x);
    base(g);
  }

  /** {@code a <- g}. */
  void base(BlockState g) {
    a = g.value().shared();
    sharesA = true;
    ahead = false;
    version = g.version();
  }

  /** Whether a newer value of the ledger becomes the block's, but for what was learned since. */
  boolean followsLedger() {
    return true;
  }

  /** What is its own while nothing is on its way. */
  final ValueMemento memento() {
    block.readRest(x);
    boolean ledgers = followsLedger() && !ahead && Arrays.equals(x, a);
    return new ValueMemento(
        version,
        ledgers ? FloatVector.EMPTY : FloatVector.copyOf(x),
        ledgers ? FloatVector.EMPTY : FloatVector.copyOf(a),
        table.memento());
  }

  /**
   * Goes on from what another replica has kept, {@linkplain #start started} with the ledger's
   * value.
   */
  final void restore(ValueMemento memento, BlockState g) {
    boolean sameVersion = memento.version() == g.version();
    if (memento.x().length() > 0 || !sameVersion) {
      // Nothing of its own is a difference of zero to any value: the arithmetic shall be the same.
      block.adoptRest(of(memento.x()).shared());
      a = of(memento.a()).toArray();
      sharesA = false;
      ahead = sameVersion;
      version = memento.version();
      resume(g);
    }
    table.restore(memento.rows(), sameVersion);
  }

  private FloatVector of(FloatVector kept) {
    return kept.length() > 0 ? kept : FloatVector.owning(new float[x.length]);
  }
}
