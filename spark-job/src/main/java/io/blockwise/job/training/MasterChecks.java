package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.DeviceName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.GpuProperties;

/** Refuses what a run cannot have with its master. */
final class MasterChecks {
  private MasterChecks() {}

  static void requireNoGpu(Settings settings) {
    if (settings.compute().device() == DeviceName.GPU) {
      throw UserException.cannot(
          "use device = gpu with master " + Masters.current(),
          "Spark assigns devices to executors",
          "use a cluster's master, or on one machine --master"
              + " 'local-cluster[1,CORES,MEGABYTES]'; set "
              + GpuProperties.NEEDED);
    }
  }

  static void requireNoTrace(Settings settings) {
    if (settings.report().trace()) {
      throw UserException.cannot(
          "write a trace (report.trace = true) with master " + Masters.current(),
          "only workers of the driver's process can be traced",
          "use a master local[N], or set report.trace = false");
    }
  }
}
