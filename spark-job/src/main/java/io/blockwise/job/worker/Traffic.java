package io.blockwise.job.worker;

/**
 * Bytes that workers and ledgers have exchanged, as they came and went over the network: headers,
 * questions and repetitions included. Immutable.
 *
 * @param pushed from the workers to the driver
 * @param pulled from the driver to the workers
 */
public record Traffic(long pushed, long pulled) {
  /** Of workers in the driver's own process. */
  public static final Traffic NONE = new Traffic(0, 0);
}
