package io.blockwise.job.cluster;

import io.blockwise.job.input.RunningSpark;

/** Where a master's workers run. */
public final class Masters {
  private Masters() {}

  /** The master of this application; {@code local[*]} if none is set. */
  public static String current() {
    return RunningSpark.properties().get("spark.master", "local[*]");
  }

  /** Whether workers are threads of the driver, as there are no executors. */
  public static boolean isLocal(String master) {
    return master.equals("local") || master.startsWith("local[");
  }
}
