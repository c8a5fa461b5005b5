package io.blockwise.data.download;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Closes a stream that brings nothing for too long, since the HTTP client itself waits for the body
 * for ever. Used by one thread.
 */
final class Watchdog implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "download-watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private final InputStream watched;
  private final Duration stall;

  Watchdog(InputStream watched, Duration stall) {
    this.watched = watched;
    this.stall = stall;
  }

  /** Reads as the stream does; fails if it is closed meanwhile. */
  int read(byte[] buffer) throws IOException {
    ScheduledFuture<?> alarm = timer.schedule(this::cut, stall.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return watched.read(buffer);
    } finally {
      alarm.cancel(false);
    }
  }

  private void cut() {
    try {
      watched.close();
    } catch (IOException e) {
      // The reader finds out by itself.
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
