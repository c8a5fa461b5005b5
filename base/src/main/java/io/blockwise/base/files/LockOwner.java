package io.blockwise.base.files;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who made a lock file, as its name says it: {@code HOST-PIDS-PROCESS-RANDOM}. Immutable.
 *
 * @param host without what does not belong into a file's name
 * @param pids number of the space in which process numbers mean something (containers have one
 *     each); 0 where the system tells none
 * @param process its number
 * @param random of this lock alone
 */
record LockOwner(String host, long pids, long process, String random) {
  private static final Pattern NAME =
      Pattern.compile("([\\w.-]{1,100})-(\\d{1,18})-(\\d{1,18})-([0-9a-f]{8,32})");
  private static final Path SPACE = Path.of("/proc/self/ns/pid");

  /** This process, with a lock of its own. */
  static LockOwner fresh() {
    return new LockOwner(
        thisHost(),
        thisSpace(),
        ProcessHandle.current().pid(),
        UUID.randomUUID().toString().replace("-", ""));
  }

  /** Reads {@link #name}; empty if it is no such name. */
  static Optional<LockOwner> parse(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? Optional.of(
            new LockOwner(
                parts.group(1),
                Long.parseLong(parts.group(2)),
                Long.parseLong(parts.group(3)),
                parts.group(4)))
        : Optional.empty();
  }

  String name() {
    return host + "-" + pids + "-" + process + "-" + random;
  }

  /** Whether it is certain that the process has ended: only on this machine can that be seen. */
  boolean hasEnded() {
    return pids > 0
        && pids == thisSpace()
        && host.equals(thisHost())
        && ProcessHandle.of(process).isEmpty();
  }

  /** Whether it is certain that the process runs: only on this machine can that be seen. */
  boolean isRunning() {
    return pids > 0
        && pids == thisSpace()
        && host.equals(thisHost())
        && ProcessHandle.of(process).isPresent();
  }

  @Override
  public String toString() {
    return "process " + process + " on " + host;
  }

  private static String thisHost() {
    try {
      String name = InetAddress.getLocalHost().getHostName().replaceAll("[^\\w.-]", "_");
      return name.substring(0, Math.min(name.length(), 100));
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static long thisSpace() {
    try {
      String digits = Files.readSymbolicLink(SPACE).toString().replaceAll("\\D", "");
      return digits.isEmpty() ? 0 : Long.parseLong(digits);
    } catch (IOException | UnsupportedOperationException e) {
      return 0; // no Linux
    }
  }
}
