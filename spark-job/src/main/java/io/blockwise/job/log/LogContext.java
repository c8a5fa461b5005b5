package io.blockwise.job.log;

import io.blockwise.model.averaging.LeaseAttempt;
import java.util.Map;
import org.slf4j.MDC;

/**
 * Run, worker and block of what the calling thread is doing, which its log lines have as {@code
 * %X{run}}, {@code %X{worker}} and {@code %X{block}} from its beginning until it is closed. They
 * may be nested; used by one thread.
 */
public final class LogContext implements AutoCloseable {
  private static final String RUN = "run";
  private static final String WORKER = "worker";
  private static final String BLOCK = "block";

  private final Map<String, String> before;

  private LogContext() {
    before = MDC.getCopyOfContextMap();
  }

  /** A worker's lease, or what comes of it elsewhere. */
  public static LogContext of(LeaseAttempt attempt) {
    LogContext context = new LogContext();
    MDC.put(RUN, attempt.run());
    MDC.put(WORKER, Integer.toString(attempt.worker() + 1));
    return context;
  }

  /** A task in the context of a worker's lease. */
  public static Runnable of(LeaseAttempt attempt, Runnable task) {
    return () -> {
      LogContext context = of(attempt);
      context.around(task);
    };
  }

  /** A task in the context of a run's block, from 1. */
  public static Runnable ofBlock(String run, int block, Runnable task) {
    return () -> {
      LogContext context = new LogContext();
      MDC.put(RUN, run);
      MDC.put(BLOCK, Integer.toString(block));
      context.around(task);
    };
  }

  /** A task in the context that the calling thread has now, for another thread. */
  public static Runnable here(Runnable task) {
    Map<String, String> here = MDC.getCopyOfContextMap();
    return () -> {
      LogContext context = new LogContext();
      set(here);
      context.around(task);
    };
  }

  private void around(Runnable task) {
    try {
      task.run();
    } finally {
      close();
    }
  }

  private static void set(Map<String, String> context) {
    if (context == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(context);
    }
  }

  @Override
  public void close() {
    set(before);
  }
}
