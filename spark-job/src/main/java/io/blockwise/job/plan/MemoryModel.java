package io.blockwise.job.plan;

import io.blockwise.job.config.Settings;
import java.util.List;
import java.util.OptionalLong;

/**
 * Works out the memory of executors and of the driver. What the numerical library takes was
 * measured by the rehearsal; what Spark takes by itself are constants, taken from runs ({@code
 * docs/performance.md}). Immutable.
 *
 * @param settings of the run
 * @param rehearsal figures of the network
 * @param rowBytes of all rows of the data set
 * @param imageElements values of one example
 * @param workers that train at once
 */
record MemoryModel(
    Settings settings, Rehearsal.Result rehearsal, long rowBytes, int imageElements, int workers) {
  static final long MEBI = 1L << 20;

  /** Live objects of an executor that has no worker. */
  private static final long EXECUTOR_HEAP = 70 * MEBI;

  /** Live objects of a driver without ledgers; with a session of Spark. */
  private static final long DRIVER_HEAP = 120 * MEBI;

  /** What Spark's classes, code, threads and buffers take beyond those of a rehearsal. */
  private static final long SPARK_NATIVE = 115 * MEBI;

  /** A collector's own tables, per byte of heap in use. */
  private static final double COLLECTOR_SHARE = 0.05;

  /**
   * Vectors of a block's length that a replica holds at most: its own, the adopted and the pushed
   * value, the push and its answer as bytes and as numbers, and a snapshot that is evaluated.
   */
  private static final int REPLICA_VECTORS = 10;

  /** The same of the driver: ledger, fold, encoded forms, snapshots of the last and best epoch. */
  private static final int LEDGER_VECTORS = 8;

  /** Of the heap in use: collectors let garbage lie before they work. */
  private static final double TOUCHED = 1.7;

  private static final double HEAP_MARGIN = 1.5;
  private static final double NATIVE_MARGIN = 1.25;

  /** Spark refuses executors with less. */
  private static final long LEAST_HEAP = 512 * MEBI;

  /** What Spark gives a driver if it is not told. */
  private static final long LEAST_DRIVER_HEAP = 1024 * MEBI;

  /** Spark gives no container less beyond its heap. */
  private static final long LEAST_OVERHEAD = 384 * MEBI;

  /**
   * An executor.
   *
   * @param replicas in the process at a time
   * @param given heap that it has; empty if that is to be recommended
   */
  Memory executor(int replicas, OptionalLong given) {
    return process(EXECUTOR_HEAP + replicas(replicas), replicas, given);
  }

  /** The driver with all workers in it. */
  Memory driverWithWorkers(OptionalLong given) {
    return process(DRIVER_HEAP + replicas(workers) + ledgers(), workers, given);
  }

  /** Heap of a driver whose workers are elsewhere: ledgers, snapshots, pushes that come in. */
  long driverHeap() {
    // every worker may have a push of every block on its way, as it came and put together, or read
    // a version of the block that is the driver's only for its sake
    return DRIVER_HEAP + ledgers() + 2 * workers * stateBytes();
  }

  private Memory process(long heap, int replicas, OptionalLong given) {
    long setting = given.orElse(heapSetting(heap));
    long touched = Math.min(setting, (long) (TOUCHED * heap));
    long outside =
        rehearsal.nativeBytes()
            + (replicas - 1) * rehearsal.replicaBytes()
            + SPARK_NATIVE
            + (long) (COLLECTOR_SHARE * touched);
    return new Memory(heap, outside, setting, touched);
  }

  private long replicas(int count) {
    long rows = Math.min(settings.data().memory().bytes(), rowBytes);
    int batches = settings.training().prefetchThreads() + 2;
    int batch = settings.training().batchSize();
    int evaluation = settings.evaluation().batchSizeOr(batch);
    // one more of each is turned into the library's layout
    long values = (long) (batches + 1) * batch + 4L * evaluation;
    long buffers = values * (imageElements + 1L) * Float.BYTES;
    return rows + count * (buffers + REPLICA_VECTORS * stateBytes());
  }

  private long ledgers() {
    return LEDGER_VECTORS * stateBytes();
  }

  private long stateBytes() {
    List<BlockSize> blocks = rehearsal.blocks();
    return blocks.stream().mapToLong(BlockSize::stateBytes).sum();
  }

  /** The heap to ask for: garbage needs room, too. */
  static long heapSetting(long heap) {
    return Math.max(LEAST_HEAP, roundedUp(HEAP_MARGIN * heap));
  }

  /** The driver's heap to ask for, with room for what Spark notes of its jobs. */
  static long driverSetting(long heap) {
    return Math.max(LEAST_DRIVER_HEAP, heapSetting(heap));
  }

  /** What to ask for beyond the heap. */
  static long overheadSetting(long nativeBytes) {
    return Math.max(LEAST_OVERHEAD, roundedUp(NATIVE_MARGIN * nativeBytes));
  }

  private static long roundedUp(double bytes) {
    long step = 128 * MEBI;
    return (long) Math.ceil(bytes / step) * step;
  }
}
