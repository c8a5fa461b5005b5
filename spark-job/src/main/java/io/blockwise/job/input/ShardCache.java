package io.blockwise.job.input;

import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Rows in memory, never more than {@code capacity} bytes of them, those that are being read
 * included. Thread-safe.
 *
 * <p>Whoever wants rows first makes a claim, and pins shards within it. A shard that several have
 * pinned is in memory once and read once. One that nobody has pinned stays until its room is
 * needed; the one that was used least recently goes first. As claims together never exceed the
 * capacity, a pin never waits for room, only a claim does.
 */
final class ShardCache {
  private final long capacity;
  private final ToLongFunction<Shard> size;
  private final Function<Shard, Rows> reader;
  private final Map<Shard, Entry> entries = new HashMap<>();

  /** What nobody has pinned, the least recently used first. */
  private final Set<Entry> idle = new LinkedHashSet<>();

  private long claimed;
  private long cached;

  /**
   * @param size of a shard's rows in memory
   * @param reader called outside all locks, and again for a shard for which it failed
   */
  ShardCache(long capacity, ToLongFunction<Shard> size, Function<Shard, Rows> reader) {
    this.capacity = capacity;
    this.size = size;
    this.reader = reader;
  }

  /** Bytes of all rows in memory, pinned or not, and of those that are being read. */
  synchronized long cachedBytes() {
    return cached;
  }

  /** Bytes that claims have set aside. */
  synchronized long claimedBytes() {
    return claimed;
  }

  /**
   * Sets memory aside; waits until other claims leave as much.
   *
   * @param bytes at most the capacity
   * @param progress runs whenever rows that are wanted within the claim are there
   */
  synchronized Claim claim(long bytes, Runnable progress) throws InterruptedException {
    if (bytes > capacity) {
      throw new IllegalArgumentException("a claim of " + bytes + " bytes of " + capacity);
    }
    while (bytes > capacity - claimed) {
      wait();
    }
    claimed += bytes;
    return new Claim(bytes, progress);
  }

  private synchronized void close(Claim claim) {
    List.copyOf(claim.pins).forEach(this::close);
    claimed -= claim.closed ? 0 : claim.bytes;
    claim.closed = true;
    notifyAll();
  }

  private synchronized void close(Pin pin) {
    if (pin.claim.pins.remove(pin)) {
      pin.claim.left += pin.entry.bytes;
      unpin(pin.entry);
    }
  }

  /** Pins what is there, or a new entry that the calling thread has to read. */
  private synchronized Entry pinned(Claim claim, Shard shard) {
    long bytes = size.applyAsLong(shard);
    if (claim.closed || bytes > claim.left) {
      throw new IllegalStateException(
          bytes
              + " bytes of a claim that has "
              + claim.left
              + (claim.closed ? " and is closed" : ""));
    }
    Entry entry = entries.get(shard);
    if (entry == null) {
      makeRoom(bytes);
      entry = new Entry(shard, bytes, Thread.currentThread());
      entries.put(shard, entry);
    }
    idle.remove(entry);
    entry.pins++;
    return entry;
  }

  private synchronized Pin pin(Claim claim, Entry entry) {
    Pin pin = new Pin(claim, entry);
    claim.left -= entry.bytes;
    claim.pins.add(pin);
    return pin;
  }

  private void read(Entry entry) {
    Rows rows = null;
    try {
      rows = reader.apply(entry.shard);
    } finally {
      ended(entry, rows);
    }
  }

  private synchronized void ended(Entry entry, Rows rows) {
    entry.readBy = null;
    entry.rows = rows;
    entry.failed = rows == null;
    if (entry.failed) {
      unpin(entry);
      remove(entry);
    }
    notifyAll();
  }

  /** Returns whether the rows are there: the thread that read them may have failed. */
  private synchronized boolean await(Entry entry) throws InterruptedException {
    try {
      while (entry.rows == null && !entry.failed) {
        wait();
      }
      return !entry.failed;
    } catch (InterruptedException e) {
      unpin(entry);
      throw e;
    }
  }

  private void makeRoom(long bytes) {
    while (bytes > capacity - cached) {
      Entry oldest = idle.iterator().next();
      idle.remove(oldest);
      remove(oldest);
    }
    cached += bytes;
  }

  private void remove(Entry entry) {
    entries.remove(entry.shard);
    cached -= entry.bytes;
  }

  private void unpin(Entry entry) {
    entry.pins--;
    if (entry.pins == 0 && !entry.failed) {
      idle.add(entry);
    }
  }

  /** Memory that was set aside. Used by one thread at a time, but any may close pins. */
  final class Claim implements AutoCloseable {
    private final long bytes;
    private final Runnable progress;
    private final List<Pin> pins = new ArrayList<>();
    private long left;
    private boolean closed;

    private Claim(long bytes, Runnable progress) {
      this.bytes = bytes;
      this.progress = progress;
      this.left = bytes;
    }

    /**
     * A shard's rows, read unless they are in memory; if another thread is reading them, waits for
     * it.
     *
     * @throws IllegalStateException if the claim is too small for it
     */
    Pin pin(Shard shard) throws InterruptedException {
      while (true) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        Entry entry = pinned(this, shard);
        if (entry.readBy == Thread.currentThread()) {
          read(entry);
        }
        if (await(entry)) {
          progress.run();
          return ShardCache.this.pin(this, entry);
        }
      }
    }

    /** Gives it back, with what is still pinned. */
    @Override
    public void close() {
      ShardCache.this.close(this);
    }
  }

  /** Rows that stay in memory until it is closed; closing again does nothing. */
  final class Pin implements AutoCloseable {
    private final Claim claim;
    private final Entry entry;

    private Pin(Claim claim, Entry entry) {
      this.claim = claim;
      this.entry = entry;
    }

    Rows rows() {
      return entry.rows;
    }

    @Override
    public void close() {
      ShardCache.this.close(this);
    }
  }

  /** A shard that is in memory or being read. */
  private static final class Entry {
    private final Shard shard;
    private final long bytes;

    /** Null when the rows are there, or will never be. */
    private Thread readBy;

    private Rows rows;
    private boolean failed;
    private int pins;

    Entry(Shard shard, long bytes, Thread readBy) {
      this.shard = shard;
      this.bytes = bytes;
      this.readBy = readBy;
    }
  }
}
