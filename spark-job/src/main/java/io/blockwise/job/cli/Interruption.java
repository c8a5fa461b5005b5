package io.blockwise.job.cli;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Turns Ctrl-C and SIGTERM into an interrupt of the thread that runs a command, and lets it finish
 * its clean-up before the process ends. Thread-safe.
 */
public final class Interruption {
  /** Longest time that a command has for its clean-up. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  private static volatile Interruption current;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread runner = Thread.currentThread();

  private volatile boolean requested;

  private Interruption() {}

  /**
   * Runs a command on the calling thread and returns its exit code.
   *
   * @param command is told whether the process is about to end. Spark stops at the same time, so
   *     that a command may fail in many ways then.
   * @param atShutdown takes what has to run, and be waited for, when the process is told to end;
   *     what the clean-up needs, such as file systems, must not be closed before it returns
   */
  public static int during(ToIntFunction<BooleanSupplier> command, Consumer<Runnable> atShutdown) {
    Interruption interruption = new Interruption();
    current = interruption;
    atShutdown.accept(interruption::stop);
    try {
      return command.applyAsInt(() -> interruption.requested);
    } finally {
      interruption.finished.countDown();
    }
  }

  /**
   * Interrupts the calling thread again if the process was told to end. Hadoop and Spark swallow an
   * interrupt here and there, such as where they wait for the end of a program that they have
   * called; a command would go on then until it is ended without a clean-up. So work asks where it
   * starts something that takes long, and now and then; a clean-up, which must not be interrupted,
   * does not.
   */
  public static void insist() {
    Interruption running = current;
    if (running != null && running.requested) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether a failure is what an interrupt of the thread has led to, in whatever it was wrapped.
   */
  public static boolean isBehind(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .anyMatch(Interruption::isInterrupt);
  }

  private static boolean isInterrupt(Throwable cause) {
    return cause instanceof InterruptedException
        || cause instanceof ClosedByInterruptException
        // a time-out is one, too, by inheritance only
        || cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException);
  }

  private void stop() {
    requested = true;
    if (finished.getCount() > 0) {
      // Threads of Spark whose pools are shut down under them say so, which helps nobody now.
      Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
      runner.interrupt();
    }
    try {
      if (!finished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("Stopped without clean-up after " + PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
