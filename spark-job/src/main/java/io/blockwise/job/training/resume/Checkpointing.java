package io.blockwise.job.training.resume;

import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.checkpoint.SaveOrder;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.config.CheckpointSettings;
import io.blockwise.job.training.dealing.EpochSoFar;
import io.blockwise.job.training.dealing.LeaseBorders;
import io.blockwise.job.worker.LeaseEnd;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Writes a checkpoint now and then while a run trains. Once {@code checkpoint.interval} is over,
 * every worker writes what it knows at the end of its lease; when each that has a lease has done
 * so, the driver takes what the ledgers and it know, which is at hand, and writes it on a thread of
 * its own while leases go on. In lock-step it is the end of a wave of leases at which all of them
 * have written. Nobody ever waits for a checkpoint but a worker for its own file.
 *
 * <p>A checkpoint that cannot be written is said, and tried again; training goes on. Used by the
 * driver's thread.
 */
public final class Checkpointing implements LeaseBorders, AutoCloseable {
  /** Longer than a file takes; whoever hangs does not keep the run from ending. */
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(30);

  private final CheckpointSettings settings;
  private final Checkpoints checkpoints;
  private final boolean inRounds;
  private final Source source;
  private final Listener listener;
  private final Clock clock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "blockwise-checkpoint");
            created.setDaemon(true);
            return created;
          });

  private final Map<Integer, SavedReplica> saved = new HashMap<>();
  private final Set<Integer> ofWave = new HashSet<>();
  private Future<Written> writing;
  private long number;
  private long since = System.nanoTime();
  private boolean problemSaid;

  /**
   * @param checkpoints of the run
   * @param number of the first one that is to be written
   * @param inRounds whether leases begin and end together
   */
  public Checkpointing(
      CheckpointSettings settings,
      Checkpoints checkpoints,
      long number,
      boolean inRounds,
      Source source,
      Listener listener,
      Clock clock) {
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.number = number;
    this.inRounds = inRounds;
    this.source = source;
    this.listener = listener;
    this.clock = clock;
  }

  /** Knows what a checkpoint holds. */
  public interface Source {
    /** What the run knows now. */
    RunState state(EpochSoFar epoch, Map<Integer, SavedReplica> workers);

    /** What a checkpoint says of itself. */
    Checkpoints.Facts facts(EpochSoFar epoch);
  }

  /** Hears of checkpoints, on the driver's thread. */
  public interface Listener {
    /** One is complete. */
    void written(Written checkpoint);

    /** One could not be written; one line. */
    void failed(long number, String reason);
  }

  /**
   * A checkpoint. Immutable.
   *
   * @param nanos of the driver's thread of its own
   * @param workerNanos the longest that a worker took
   */
  public record Written(long number, Checkpoints.Facts facts, long nanos, long workerNanos) {}

  @Override
  public SaveOrder order(int worker) {
    if (!settings.areKept() || saved.containsKey(worker) && !inRounds) {
      return SaveOrder.NONE;
    }
    long left = Math.max(0, settings.interval().toNanos() - (System.nanoTime() - since));
    return new SaveOrder(checkpoints.directory(number).toString(), left);
  }

  @Override
  public void ended(LeaseEnd end) {
    int worker = end.lease().worker();
    if (inRounds || end instanceof LeaseEnd.Lost) {
      saved.remove(worker); // in lock-step, all of a checkpoint have to be of one border
    }
    if (end instanceof LeaseEnd.Done done) {
      ofWave.add(worker);
      if (done.saved().isThere() && isOfThisOne(done.saved())) {
        saved.put(worker, done.saved());
      }
      if (!done.saved().problem().isEmpty()) {
        failed(done.saved().problem());
      }
    }
  }

  // What a worker has written for the one before came too late for it.
  private boolean isOfThisOne(SavedReplica replica) {
    return replica.directory().equals(checkpoints.directory(number).toString());
  }

  @Override
  public void reached(Set<Integer> running, Supplier<EpochSoFar> epoch) {
    report();
    if (isDue() && (inRounds ? running.isEmpty() && haveSaved(ofWave) : haveSaved(running))) {
      take(epoch.get());
    }
    if (running.isEmpty()) {
      ofWave.clear();
    }
  }

  private boolean isDue() {
    return settings.areKept()
        && writing == null
        && System.nanoTime() - since >= settings.interval().toNanos();
  }

  private boolean haveSaved(Set<Integer> workers) {
    return saved.keySet().containsAll(workers);
  }

  private void take(EpochSoFar epoch) {
    RunState state = source.state(epoch, saved);
    Checkpoints.Facts facts = source.facts(epoch);
    long workers = saved.values().stream().mapToLong(SavedReplica::nanos).max().orElse(0);
    long written = number++;
    since = System.nanoTime();
    saved.clear();
    problemSaid = false;
    writing =
        thread.submit(
            () -> {
              long start = System.nanoTime();
              checkpoints.write(written, facts, state, state.workers().values(), clock.instant());
              checkpoints.prune(settings.keep());
              return new Written(written, facts, System.nanoTime() - start, workers);
            });
  }

  private void report() {
    if (writing != null && writing.isDone()) {
      await(Duration.ZERO).ifPresent(listener::written);
    }
  }

  private Optional<Written> await(Duration atMost) {
    try {
      return Optional.of(writing.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException e) {
      failed(String.valueOf(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      failed("it takes longer than " + atMost.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      writing = null;
    }
    return Optional.empty();
  }

  private void failed(String reason) {
    if (!problemSaid) {
      problemSaid = true;
      listener.failed(number, reason.lines().findFirst().orElse(""));
    }
  }

  /** Waits for the checkpoint that is being written, but not for long. There is no further one. */
  public void finish() {
    if (writing != null) {
      await(LONGEST_FAREWELL).ifPresent(listener::written);
    }
    thread.shutdownNow();
  }

  @Override
  public void close() {
    finish();
  }
}
