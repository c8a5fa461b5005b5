package io.blockwise.job.input;

import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
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
  long cachedBytes() {
    lock.lock();
    try {
      return cached;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that claims have set aside. */
  long claimedBytes() {
    lock.lock();
    try {
      return claimed;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #claim(long, Runnable)}, with nobody who wants to hear of it. */
  Claim claim(long bytes) throws InterruptedException {
    return claim(bytes, () -> {});
  }

  /**
   * Sets memory aside; waits until other claims leave as much.
   *
   * @param bytes at most the capacity
   * @param progress runs whenever rows that are wanted within the claim are there
   */
  Claim claim(long bytes, Runnable progress) throws InterruptedException {
    if (bytes > capacity) {
      throw new IllegalArgumentException("a claim of " + bytes + " bytes of " + capacity);
    }
    lock.lockInterruptibly();
    try {
      while (bytes > capacity - claimed) {
        changed.await();
      }
      claimed += bytes;
      return new Claim(bytes, progress);
    } finally {
      lock.unlock();
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
        Entry entry;
        boolean mine;
        lock.lockInterruptibly();
        try {
          requireLeft(size.applyAsLong(shard));
          entry = entries.get(shard);
          mine = entry == null;
          if (mine) {
            entry = new Entry(shard, size.applyAsLong(shard));
            makeRoom(entry.bytes);
            entries.put(shard, entry);
          }
          idle.remove(entry);
          entry.pins++;
        } finally {
          lock.unlock();
        }
        if (mine) {
          read(entry);
        }
        if (await(entry)) {
          return pinned(entry);
        }
      }
    }

    private void requireLeft(long needed) {
      if (closed || needed > left) {
        throw new IllegalStateException(
            needed + " bytes of a claim that has " + left + (closed ? " and is closed" : ""));
      }
    }

    private void read(Entry entry) {
      Rows rows = null;
      try {
        rows = reader.apply(entry.shard);
      } finally {
        lock.lock();
        try {
          entry.rows = rows;
          entry.failed = rows == null;
          if (entry.failed) {
            unpin(entry);
            remove(entry);
          }
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    }

    /** Returns whether the rows are there: the thread that read them may have failed. */
    private boolean await(Entry entry) throws InterruptedException {
      lock.lock();
      try {
        while (entry.rows == null && !entry.failed) {
          changed.await();
        }
        return !entry.failed;
      } catch (InterruptedException e) {
        unpin(entry);
        throw e;
      } finally {
        lock.unlock();
      }
    }

    private Pin pinned(Entry entry) {
      progress.run();
      Pin pin = new Pin(this, entry);
      lock.lock();
      try {
        left -= entry.bytes;
        pins.add(pin);
        return pin;
      } finally {
        lock.unlock();
      }
    }

    private void close(Pin pin) {
      lock.lock();
      try {
        if (pins.remove(pin)) {
          left += pin.entry.bytes;
          unpin(pin.entry);
        }
      } finally {
        lock.unlock();
      }
    }

    /** Gives it back, with what is still pinned. */
    @Override
    public void close() {
      lock.lock();
      try {
        List.copyOf(pins).forEach(this::close);
        claimed -= closed ? 0 : bytes;
        closed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Rows that stay in memory until it is closed; closing again does nothing. */
  static final class Pin implements AutoCloseable {
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
      claim.close(this);
    }
  }

  /** A shard that is in memory or being read. */
  private static final class Entry {
    private final Shard shard;
    private final long bytes;
    private Rows rows;
    private boolean failed;
    private int pins;

    Entry(Shard shard, long bytes) {
      this.shard = shard;
      this.bytes = bytes;
    }
  }
}
