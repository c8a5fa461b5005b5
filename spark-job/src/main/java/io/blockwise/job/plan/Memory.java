package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import io.blockwise.model.averaging.AveragingOptions.Gain;
import java.util.OptionalLong;

/**
 * Memory of one process, in bytes. What its workers take was measured by a {@link Rehearsal}; the
 * constants are what Spark takes beside them and what it demands. Immutable.
 *
 * @param heap that is in use when no garbage is
 * @param outside all that is resident outside the heap: the numerical library with its arrays,
 *     classes, compiled code, stacks, network buffers
 * @param heapSetting largest heap of the process, as it should be
 * @param given largest heap of the process as it is set; empty if it is not
 */
record Memory(long heap, long outside, long heapSetting, OptionalLong given) {
  static final long MEBI = 1L << 20;
  static final String OVERHEAD = "spark.executor.memoryOverhead";

  /** Spark's classes, code, threads and buffers beyond those of a rehearsal. */
  private static final long SPARK_OUTSIDE = 115 * MEBI;

  private static final long LEAST_OVERHEAD = 384 * MEBI;

  /** Garbage needs room, and without the least a collector does hardly anything but collect. */
  private static final double HEAP_MARGIN = 1.5;

  private static final double LEAST_HEAP_MARGIN = 1.1;
  private static final double OUTSIDE_MARGIN = 1.25;

  /** What a process is, and the bytes of heap that Spark uses in it and gives it at least. */
  enum Role {
    EXECUTOR(70 * MEBI, 512 * MEBI),
    DRIVER(120 * MEBI, 1024 * MEBI);

    private final long used;
    private final long least;

    Role(long used, long least) {
      this.used = used;
      this.least = least;
    }
  }

  /**
   * A process.
   *
   * @param heap bytes that are in use beside Spark's
   * @param outside bytes of workers outside the heap
   * @param given heap that it has; empty if that is to be recommended
   */
  static Memory of(Role role, long heap, long outside, OptionalLong given) {
    long used = role.used + heap;
    long setting = Math.max(role.least, roundedUp(HEAP_MARGIN * used));
    return new Memory(used, SPARK_OUTSIDE + outside, setting, given);
  }

  /**
   * Heap that a driver uses whose workers are elsewhere. Of every block it holds the ledger's
   * value, a fold of it, both in the form that is sent, and the snapshots of the last and of the
   * best epoch, each also as it is published; of every worker a push, as it came and put together,
   * or a version that it reads.
   *
   * @param state bytes of all blocks
   * @param outer vectors of an optimiser on the ledger
   */
  static long ofLedgers(long state, int workers, int outer) {
    return (8 + 2L * workers + outer) * state;
  }

  /**
   * Heap that sums for the gain take, where the ledgers are: a number in double precision for every
   * parameter, if there are others whose changes could be added to one's own.
   *
   * @param parameters of all blocks
   */
  static long ofGain(Gain gain, long parameters, int workers) {
    return gain == Gain.NONE || workers == 1 ? 0 : parameters * Double.BYTES;
  }

  private static long roundedUp(double bytes) {
    long step = 128 * MEBI;
    return (long) Math.ceil(bytes / step) * step;
  }

  /** What to ask for beyond the heap. */
  long overheadSetting() {
    return Math.max(LEAST_OVERHEAD, roundedUp(OUTSIDE_MARGIN * outside));
  }

  /** Largest heap of the process. */
  long mostHeap() {
    return given.orElse(heapSetting);
  }

  /**
   * Refuses settings that are too small.
   *
   * @param key of the heap
   * @param overhead what is given beyond the heap, if somebody watches over that
   */
  void requireRoom(String key, OptionalLong overhead) {
    if (mostHeap() < LEAST_HEAP_MARGIN * heap) {
      throw tooSmall(key, mostHeap(), heap, "of heap", heapSetting);
    }
    if (overhead.orElse(Long.MAX_VALUE) < outside) {
      throw tooSmall(
          OVERHEAD, overhead.getAsLong(), outside, "outside the heap", overheadSetting());
    }
  }

  private static UserException tooSmall(
      String key, long given, long needed, String where, long enough) {
    return UserException.cannot(
        "train with " + key + " = " + given / MEBI + "m",
        "the process needs about " + needed / MEBI + " MiB " + where,
        "raise it to " + enough / MEBI + "m, or lower workers, training.batch-size or data.memory");
  }
}
