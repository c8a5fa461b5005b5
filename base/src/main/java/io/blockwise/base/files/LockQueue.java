package io.blockwise.base.files;

import io.blockwise.base.UserException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** What one who waits for a {@link DirectoryLock} has seen of the others. Used by one thread. */
final class LockQueue {
  private final Storage storage;
  private final Path directory;
  private final LockTimes times;
  private final Consumer<String> notice;
  private final long began = System.nanoTime();
  private final Map<String, Sighting> sightings = new HashMap<>();
  private final Set<String> signs = new HashSet<>();
  private boolean waiting;

  LockQueue(Storage storage, Path directory, LockTimes times, Consumer<String> notice) {
    this.storage = storage;
    this.directory = directory;
    this.times = times;
    this.notice = notice;
  }

  /** A lock file with a certain time, and since when it was seen with that. */
  private record Sighting(long modified, long since) {}

  /**
   * Whether nobody holds the lock; removes what the dead have left.
   *
   * @throws UserException if somebody has been holding it for too long
   */
  boolean isFree(List<FileStatus> locks) throws IOException {
    boolean free = true;
    for (FileStatus lock : locks) {
      LockOwner owner = DirectoryLock.owner(directory, lock.getPath().getName()).orElseThrow();
      if (owner.hasEnded() || isStale(lock)) {
        remove(lock.getPath(), owner);
      } else {
        free = false;
        refuseLiving(owner, lock);
        waitFor(owner, lock.getPath());
      }
    }
    return free;
  }

  private boolean isStale(FileStatus lock) {
    long modified = lock.getModificationTime();
    Sighting seen =
        sightings.merge(
            lock.getPath().getName(),
            new Sighting(modified, System.nanoTime()),
            (old, now) -> old.modified() == now.modified() ? old : sign(lock, now));
    return System.nanoTime() - seen.since() > times.stale().toNanos();
  }

  private Sighting sign(FileStatus lock, Sighting now) {
    signs.add(lock.getPath().getName());
    return now;
  }

  private void remove(Path lock, LockOwner owner) throws IOException {
    storage.delete(lock);
    String reason =
        owner.hasEnded()
            ? "has ended"
            : "has given no sign of life for " + times.stale().toSeconds() + " s";
    notice.accept("Taking " + directory + " over from " + owner + ", which " + reason);
  }

  private void refuseLiving(LockOwner owner, FileStatus lock) {
    if (!times.patience().isZero()) {
      return;
    }
    String name = lock.getPath().getName();
    if (owner.isRunning() || signs.contains(name)) {
      throw UserException.cannot(
          "write " + directory, owner + " is writing it", "wait until it has ended, or end it");
    }
  }

  private void waitFor(LockOwner owner, Path lock) {
    if (!waiting) {
      notice.accept("Waiting for " + owner + ", which writes " + directory);
      waiting = true;
    }
    if (!times.patience().isZero() && System.nanoTime() - began > times.patience().toNanos()) {
      throw UserException.cannot(
          "write " + directory,
          owner + " has been writing it for " + times.patience().toMinutes() + " minutes",
          "end that process, or delete " + lock + " if there is none");
    }
  }
}
