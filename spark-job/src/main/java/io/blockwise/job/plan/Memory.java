package io.blockwise.job.plan;

import io.blockwise.base.UserException;
import java.util.OptionalLong;

/**
 * Memory of one process, in bytes. What its workers take was measured by a {@link Rehearsal}; the
 * constants are what Spark takes beside them and what it demands. Immutable.
 *
 * @param heap that is in use when no garbage is
 * @param outside all that is resident outside the heap: the numerical library with its arrays,
 *     classes, compiled code, stacks, network buffers; 0 where it was not measured
 * @param heapSetting largest heap of the process, as it should be
 * @param given largest heap of the process as it is set; empty if it is not
 */
record Memory(long heap, long outside, long heapSetting, OptionalLong given) {
  static final long MEBI = 1L << 20;
  static final String OVERHEAD = "spark.executor.memoryOverhead";

  private static final long EXECUTOR_HEAP = 70 * MEBI;
  private static final long LEAST_EXECUTOR_HEAP = 512 * MEBI;

  private static final long DRIVER_HEAP = 120 * MEBI;
  private static final long LEAST_DRIVER_HEAP = 1024 * MEBI;

  /** Spark's classes, code, threads and buffers beyond those of a rehearsal. */
  private static final long SPARK_OUTSIDE = 115 * MEBI;

  private static final long LEAST_OVERHEAD = 384 * MEBI;

  /** Garbage needs room, and without the least a collector does hardly anything but collect. */
  private static final double HEAP_MARGIN = 1.5;

  private static final double LEAST_HEAP_MARGIN = 1.1;
  private static final double OUTSIDE_MARGIN = 1.25;

  /**
   * An executor.
   *
   * @param rows of the data set that it keeps
   * @param given heap that it has; empty if that is to be recommended
   */
  static Memory ofExecutor(long rows, Rehearsal.Footprint workers, OptionalLong given) {
    long heap = EXECUTOR_HEAP + rows + workers.heap();
    return new Memory(
        heap, SPARK_OUTSIDE + workers.outside(), room(heap, LEAST_EXECUTOR_HEAP), given);
  }

  /** A driver that has the workers in it; the same. */
  static Memory ofDriverWithWorkers(long rows, Rehearsal.Footprint workers, OptionalLong given) {
    long heap = DRIVER_HEAP + rows + workers.heap();
    return new Memory(
        heap, SPARK_OUTSIDE + workers.outside(), room(heap, LEAST_DRIVER_HEAP), given);
  }

  /**
   * A driver whose workers are elsewhere. Of every block it holds the ledger's value, a fold of it,
   * both in the form that is sent, and the snapshots of the last and of the best epoch, each also
   * as it is published; of every worker a push, as it came and put together, or a version that it
   * reads.
   *
   * @param state bytes of all blocks
   */
  static Memory ofDriver(long state, int workers, OptionalLong given) {
    long heap = DRIVER_HEAP + (8 + 2L * workers) * state;
    return new Memory(heap, 0, room(heap, LEAST_DRIVER_HEAP), given);
  }

  private static long room(long heap, long least) {
    return Math.max(least, roundedUp(HEAP_MARGIN * heap));
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
