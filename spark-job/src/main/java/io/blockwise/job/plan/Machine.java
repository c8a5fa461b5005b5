package io.blockwise.job.plan;

import java.lang.management.ManagementFactory;

/** The machine that the plan is made on. */
final class Machine {
  private Machine() {}

  /** Bytes of memory; of the container, if this is one. */
  static long memory() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
