package io.blockwise.job.report;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;

/** Where the driver runs, so that one can find out later whether it still does. */
public final class ThisProcess {
  /** By which the time of a process's start may be off: it is counted from that of the machine. */
  private static final Duration CLOCK = Duration.ofMinutes(1);

  private ThisProcess() {}

  /** Name of this machine; {@code unknown} if it has none. */
  public static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /** Number of this process on its machine. */
  public static long pid() {
    return ProcessHandle.current().pid();
  }

  /**
   * Whether the process of that number, on this machine, is the one that ran at that time: it is
   * alive and not one that got the number later.
   */
  static boolean isAlive(long pid, Instant ranAt) {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(
            process ->
                process.info().startInstant().stream().noneMatch(ranAt.plus(CLOCK)::isBefore))
        .isPresent();
  }
}
