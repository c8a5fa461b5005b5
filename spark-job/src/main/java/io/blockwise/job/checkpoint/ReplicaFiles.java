package io.blockwise.job.checkpoint;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.network.RowMemento;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/**
 * What workers write at lease borders, straight to storage, and read when they go on for another
 * one. Thread-safe.
 */
public final class ReplicaFiles {
  private final StateFiles files;

  /** Files reached by this storage. */
  public ReplicaFiles(Storage storage) {
    files = new StateFiles(storage);
  }

  /**
   * Follows an order at the end of a lease. That it cannot be done does not end the lease, whose
   * training counts anyway.
   *
   * @param nanos that the lease took
   * @param memento is asked for only if it is due
   */
  public SavedReplica save(
      SaveOrder order, LeaseAttempt attempt, long nanos, Supplier<RowMemento> memento) {
    if (!order.isDue(nanos)) {
      return SavedReplica.NONE;
    }
    long start = System.nanoTime();
    try {
      SavedFile file =
          files.write(new Path(order.directory(), name(attempt)), attempt.attempt(), memento.get());
      return new SavedReplica(order.directory(), file, "", System.nanoTime() - start);
    } catch (IOException | RuntimeException e) {
      String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return SavedReplica.none(problem, System.nanoTime() - start);
    }
  }

  private static String name(LeaseAttempt attempt) {
    return String.format(
        Locale.ROOT, "worker-%02d-lease-%06d.state", attempt.worker() + 1, attempt.lease());
  }

  /**
   * Reads what a worker has written.
   *
   * @throws io.blockwise.base.UserException if it is missing, altered or of another Blockwise
   */
  public RowMemento read(SavedReplica saved) {
    try {
      return files.read(new Path(saved.directory()), saved.file(), RowMemento.class);
    } catch (DamagedException e) {
      throw new UserException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
