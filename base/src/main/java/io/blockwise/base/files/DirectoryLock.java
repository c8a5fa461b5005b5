package io.blockwise.base.files;

import io.blockwise.base.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The right to write a directory, of one process at a time, on any Hadoop file system. Thread-safe.
 *
 * <p>Whoever wants it writes an empty file beside the directory, {@code .NAME.lock-OWNER}, and then
 * looks whether another one lies there. If so, it takes its own away and waits; so of two that come
 * at once never both go on, though file systems differ in whether a file can be created by one
 * only. The owner writes its file anew every few seconds. One whose time has not changed for long
 * is deleted by whoever waits; as every lock has a name of its own, that can hit no other. Times
 * are only compared with each other, so clocks need not agree.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final int BACK_OFF_MILLIS = 400;

  private final Storage storage;
  private final Path directory;
  private final LockTimes times;
  private final Path file;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread renewing = new Thread(this::renew, "blockwise-lock");

  private volatile boolean lost;

  private DirectoryLock(Storage storage, Path directory, LockTimes times) {
    this.storage = storage;
    this.directory = directory;
    this.times = times;
    this.file = new Path(directory.getParent(), prefix(directory) + LockOwner.fresh().name());
  }

  /**
   * Waits until nobody else holds the lock.
   *
   * @param notice gets a line when waiting begins and when the lock of a dead owner is taken away
   * @throws UserException if another process holds it for longer than is to be waited for
   */
  public static DirectoryLock acquire(
      Storage storage, Path directory, LockTimes times, Consumer<String> notice)
      throws IOException, InterruptedException {
    Path qualified = storage.fileSystem(directory).makeQualified(directory);
    DirectoryLock lock = new DirectoryLock(storage, qualified, times);
    LockQueue queue = new LockQueue(storage, qualified, times, notice);
    while (!lock.attempt(queue)) {
      long millis = times.look().toMillis();
      Thread.sleep(millis + ThreadLocalRandom.current().nextLong(millis + BACK_OFF_MILLIS));
    }
    lock.renewing.setDaemon(true);
    lock.renewing.start();
    return lock;
  }

  /**
   * Refuses to go on when the lock was taken away, as it is from a process that was halted, or cut
   * off from the file system, for long.
   */
  public void requireHeld() {
    if (lost) {
      throw UserException.cannot(
          "write " + directory,
          "another process has taken it over, since this one gave no sign of life for "
              + times.stale().toSeconds()
              + " s",
          "start this one again");
    }
  }

  /** Asks the file system first, for what must not be done without the lock. */
  public void requireStillHeld() throws IOException {
    lost |= !storage.exists(file);
    requireHeld();
  }

  /** Lets the next one in. */
  @Override
  public void close() throws IOException {
    closed.countDown();
    boolean interrupted = false;
    while (renewing.isAlive()) {
      try {
        renewing.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    storage.delete(file);
  }

  private boolean attempt(LockQueue queue) throws IOException {
    if (!queue.isFree(others())) {
      return false;
    }
    write();
    boolean mine = false;
    try {
      mine = others().isEmpty();
    } finally {
      if (!mine) {
        storage.delete(file);
      }
    }
    return mine;
  }

  /** Lock files of others, those of dead ones too. */
  private List<FileStatus> others() throws IOException {
    List<FileStatus> others = new ArrayList<>();
    for (FileStatus entry : beside()) {
      String name = entry.getPath().getName();
      if (owner(directory, name).isPresent() && !name.equals(file.getName())) {
        others.add(entry);
      }
    }
    return others;
  }

  private List<FileStatus> beside() throws IOException {
    try {
      return storage.list(directory.getParent());
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private void renew() {
    try {
      while (!closed.await(times.renewal().toMillis(), TimeUnit.MILLISECONDS) && !lost) {
        renewOnce();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void renewOnce() {
    try {
      // Never back to life what another one has taken away.
      if (storage.exists(file)) {
        write();
      } else {
        lost = true;
      }
    } catch (IOException e) {
      // Perhaps it works the next time; if not, the others see the lock grow old.
    }
  }

  private void write() throws IOException {
    try (FSDataOutputStream out = storage.fileSystem(file).create(file, true)) {
      out.write('\n'); // some file systems take no note of an empty file that becomes empty
    }
  }

  private static String prefix(Path directory) {
    return "." + directory.getName() + ".lock-";
  }

  /** Who made a lock file of a directory; empty for any other file. */
  static Optional<LockOwner> owner(Path directory, String name) {
    String prefix = prefix(directory);
    return name.startsWith(prefix)
        ? LockOwner.parse(name.substring(prefix.length()))
        : Optional.empty();
  }
}
