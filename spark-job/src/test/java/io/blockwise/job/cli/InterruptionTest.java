package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InterruptionTest {
  @Test
  void exitCodeOfAnUndisturbedCommandIsReturned() {
    assertThat(Interruption.during(stopping -> stopping.getAsBoolean() ? 1 : 7, hook -> {}))
        .isEqualTo(7);
  }

  @Test
  void interruptIsRecognisedInWhateverItWasWrapped() {
    assertThat(Interruption.isBehind(new InterruptedException())).isTrue();
    assertThat(Interruption.isBehind(new IllegalStateException(new InterruptedException())))
        .isTrue();
    assertThat(Interruption.isBehind(new UncheckedIOException(new InterruptedIOException())))
        .isTrue();
    assertThat(Interruption.isBehind(new UncheckedIOException(new ClosedByInterruptException())))
        .isTrue();
    assertThat(Interruption.isBehind(new UncheckedIOException(new SocketTimeoutException())))
        .isFalse();
    assertThat(Interruption.isBehind(new IllegalStateException("broken"))).isFalse();
  }

  @Test
  @Timeout(60)
  void commandCleansUpBeforeASignalEndsTheProcess() throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    String classPath = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(List.of(java, "-Xmx64m", "-cp", classPath, Waiting.class.getName()))
            // what the Java machine has to say of its options is no line of the command
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("waiting");
      // Unlike the process, its handle leaves the streams open.
      assertThat(process.toHandle().destroy()).isTrue();
      assertThat(output.readLine()).isEqualTo("swallowed");
      assertThat(output.readLine()).isEqualTo("cleaning up");
      // The process would be gone by now if nobody waited for the command.
      process.outputWriter().append("go on\n").flush();
      assertThat(output.readLine()).isEqualTo("cleaned up");
      assertThat(process.waitFor()).isEqualTo(128 + 15);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A command that never ends by itself, and misses the first interrupt. */
  static final class Waiting {
    public static void main(String[] arguments) {
      System.exit(
          Interruption.during(
              Waiting::untilInterrupted,
              hook -> Runtime.getRuntime().addShutdownHook(new Thread(hook))));
    }

    private static int untilInterrupted(BooleanSupplier stopping) {
      Interruption.insist(); // which nobody has asked for
      System.out.println("waiting");
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        System.out.println("swallowed");
      }
      Interruption.insist();
      try {
        new CountDownLatch(1).await();
        return ExitCode.DONE;
      } catch (InterruptedException e) {
        System.out.println(stopping.getAsBoolean() ? "cleaning up" : "not stopping");
        System.out.println(
            new Scanner(System.in, StandardCharsets.UTF_8)
                .nextLine()
                .replace("go on", "cleaned up"));
        return ExitCode.INTERRUPTED;
      }
    }
  }
}
