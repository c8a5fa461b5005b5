package io.blockwise.job.compare;

import io.blockwise.job.training.Training.ProcessUse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Makes a process that has had a run look to the next one as if it had not, as far as memory goes:
 * what the last one has left is given back to the system, and the largest memory so far forgotten.
 */
final class FreshProcess {
  /** Writing 5 sets VmHWM of {@code /proc/self/status} to what is resident; see proc(5). */
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  private FreshProcess() {}

  /** Whether the next run's memory can be told from that of those before it. */
  static ProcessUse forNextRun() {
    System.gc();
    try {
      // The C library keeps what a step has freed, so that the next step has it (see Threads).
      MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
      ObjectName diagnostics = new ObjectName("com.sun.management:type=DiagnosticCommand");
      beans.invoke(diagnostics, "systemTrimNativeHeap", new Object[0], new String[0]);
      Files.write(CLEAR, "5".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
      return ProcessUse.ALONE;
    } catch (JMException | IOException | RuntimeException e) {
      return ProcessUse.SHARED; // no Linux, or a Java that cannot trim
    }
  }
}
