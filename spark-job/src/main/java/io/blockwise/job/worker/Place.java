package io.blockwise.job.worker;

import io.blockwise.job.device.Engines;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.EngineDescription;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A process in which workers train. Immutable.
 *
 * @param executor Spark's name of it; {@code driver} for the driver's own process
 * @param host name of its machine
 * @param pid its process id there
 * @param engine what its workers compute with, and on which device
 * @param memory that it has taken so far
 */
public record Place(
    String executor, String host, long pid, EngineDescription engine, ProcessMemory memory)
    implements Serializable {
  /** This process, as it is now. */
  public static Place here(String executor, Device device) {
    return new Place(
        executor,
        hostName(),
        ProcessHandle.current().pid(),
        Engines.usedOn(device),
        ProcessMemory.ofThisProcess());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a machine without a name can only be talking about itself
    }
  }

  @Override
  public String toString() {
    return "executor " + executor + " on " + host + " (process " + pid + ")";
  }
}
