package io.blockwise.job.worker;

import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that a process has taken, in bytes. Immutable.
 *
 * @param peakResident most that was resident at a time, heap and native memory together; 0 where
 *     the system does not tell (it has no {@code /proc})
 * @param heap that the virtual machine has committed
 */
public record ProcessMemory(long peakResident, long heap) implements Serializable {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Of this process, up to now. */
  public static ProcessMemory ofThisProcess() {
    return new ProcessMemory(mostResident(), Runtime.getRuntime().totalMemory());
  }

  private static long mostResident() {
    try {
      // a process's name may be of any bytes
      return Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
