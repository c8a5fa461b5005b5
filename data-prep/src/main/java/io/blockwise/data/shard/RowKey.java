package io.blockwise.data.shard;

import io.blockwise.base.SplitMix;
import io.blockwise.data.source.RawRow;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.charset.StandardCharsets;

/**
 * Where a row stands: first by {@code group}, then by (hash, file, index). The group is whatever is
 * ordered at the time: the class, the split, the shard. Immutable.
 *
 * <p>No record, and externalizable, because keys go through shuffles: Spark's Kryo cannot write
 * records, and Java serialisation is three times as long without.
 */
final class RowKey implements Comparable<RowKey>, Externalizable {
  private static final int NOT_DRAWN = -1;

  private int group;
  private int label;

  /** The label before one was drawn in its place; {@link #NOT_DRAWN} if none was. */
  private int original = NOT_DRAWN;

  private long hash;
  private int file;
  private long index;

  /** For deserialisation only. */
  public RowKey() {}

  private RowKey(int group, int label, int original, long hash, int file, long index) {
    this.group = group;
    this.label = label;
    this.original = original;
    this.hash = hash;
    this.file = file;
    this.index = index;
  }

  /** The key of a row, grouped by its official split. */
  static RowKey of(long seed, RawRow row) {
    RawRow.Id id = row.id();
    long hash = SplitMix.mix(seed);
    for (byte letter : id.file().getBytes(StandardCharsets.UTF_8)) {
      hash = SplitMix.mix(hash + letter);
    }
    hash = SplitMix.combine(hash, id.index());
    return new RowKey(
        row.split().ordinal(), row.label(), NOT_DRAWN, hash, id.fileNumber(), id.index());
  }

  int group() {
    return group;
  }

  int label() {
    return label;
  }

  /**
   * Which of {@code 2^bits} equal parts of all hashes its own is in, in their order.
   *
   * @param bits 1 to 31
   */
  int part(int bits) {
    return (int) ((hash ^ Long.MIN_VALUE) >>> (Long.SIZE - bits));
  }

  /** The same row in another group. */
  RowKey in(int other) {
    return new RowKey(other, label, original, hash, file, index);
  }

  /** The same row with a label that was drawn, which may be its own. */
  RowKey drawn(int other) {
    return new RowKey(group, other, label, hash, file, index);
  }

  /** Whether the label was drawn. */
  boolean isDrawn() {
    return original != NOT_DRAWN;
  }

  /** The label that another was drawn in place of. */
  int original() {
    return original;
  }

  /** The same row among rows that another hash orders, one for every salt. */
  RowKey reordered(long salt) {
    return new RowKey(group, label, original, SplitMix.combine(salt, hash), file, index);
  }

  /** Random numbers of the row, others for every salt. */
  SplitMix random(long salt) {
    return new SplitMix(SplitMix.combine(salt, hash));
  }

  @Override
  public int compareTo(RowKey other) {
    int order = Integer.compare(group, other.group);
    if (order == 0) {
      order = Long.compare(hash, other.hash);
    }
    if (order == 0) {
      order = Integer.compare(file, other.file);
    }
    return order != 0 ? order : Long.compare(index, other.index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowKey key && compareTo(key) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash ^ index) + group;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    write(out);
  }

  /** Writes what {@link #read} reads. */
  void write(DataOutput out) throws IOException {
    out.writeInt(group);
    out.writeInt(label);
    out.writeInt(original);
    out.writeLong(hash);
    out.writeInt(file);
    out.writeLong(index);
  }

  /** Reads what {@link #write} has written. */
  static RowKey read(DataInput in) throws IOException {
    RowKey key = new RowKey();
    key.fill(in);
    return key;
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    fill(in);
  }

  private void fill(DataInput in) throws IOException {
    group = in.readInt();
    label = in.readInt();
    original = in.readInt();
    hash = in.readLong();
    file = in.readInt();
    index = in.readLong();
  }
}
