package io.blockwise.job.plan;

/**
 * Memory of one process, in bytes. Immutable.
 *
 * @param heap that is in use when no garbage is
 * @param nativeBytes all that is resident outside the heap: the numerical library with its arrays,
 *     classes, compiled code, stacks, network buffers
 * @param heapSetting largest heap of the process, as it is set or as it should be
 * @param touched of that heap, which the process is expected to use: collectors let garbage lie
 *     before they work
 */
record Memory(long heap, long nativeBytes, long heapSetting, long touched) {
  /** Most that will be resident at a time. */
  long resident() {
    return touched + nativeBytes;
  }
}
