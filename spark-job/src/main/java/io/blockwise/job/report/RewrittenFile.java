package io.blockwise.job.report;

import io.blockwise.base.files.Storage;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;

/**
 * Lines on an object store, where a file cannot grow: all of it is put there anew, the first line
 * at once, later ones after a while, and the rest when it is closed. What a process that is killed
 * has not put there is lost. Memory goes by the length of the file. Thread-safe.
 */
final class RewrittenFile implements GrowingFile {
  /** The time for which a line may be missing on storage. */
  static final Duration PERIOD = Duration.ofSeconds(5);

  /** A part of the time that writing may take; less often then. */
  private static final int SHARE = 10;

  private final Storage storage;
  private final Path file;
  private final Duration period;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread writing = new Thread(this::write, "blockwise-events");
  private volatile int onStorage;

  private RewrittenFile(Storage storage, Path file, Duration period) {
    this.storage = storage;
    this.file = file;
    this.period = period;
  }

  static RewrittenFile open(Storage storage, Path file, Duration period) throws IOException {
    RewrittenFile opened = new RewrittenFile(storage, file, period);
    try {
      opened.content.writeBytes(storage.bytes(file));
      opened.onStorage = opened.content.size();
    } catch (FileNotFoundException e) {
      // a new one
    }
    opened.writing.setDaemon(true);
    opened.writing.start();
    return opened;
  }

  @Override
  public synchronized void append(byte[] line) {
    content.writeBytes(line);
    notifyAll();
  }

  private void write() {
    try {
      while (awaitLines()) {
        long start = System.nanoTime();
        put();
        long pause = Math.max(period.toNanos(), SHARE * (System.nanoTime() - start));
        if (closed.await(pause, TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Nobody does; the rest is put there when it is closed.
    }
  }

  /** Waits until there is something to put there; false if it is closed. */
  private synchronized boolean awaitLines() throws InterruptedException {
    while (content.size() == onStorage && closed.getCount() > 0) {
      wait();
    }
    return closed.getCount() > 0;
  }

  private void put() {
    try {
      putAll();
    } catch (IOException | RuntimeException e) {
      // Perhaps it works the next time; if not even at the end, that is said.
    }
  }

  private void putAll() throws IOException {
    byte[] all = bytes();
    storage.write(file, all);
    onStorage = all.length;
  }

  private synchronized byte[] bytes() {
    return content.toByteArray();
  }

  private synchronized void end() {
    closed.countDown();
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    end();
    boolean interrupted = false;
    while (writing.isAlive()) {
      try {
        writing.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      if (onStorage != bytes().length) {
        putAll();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
