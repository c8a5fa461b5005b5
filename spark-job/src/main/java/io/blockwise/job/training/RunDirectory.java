package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.base.files.DirectoryLock;
import io.blockwise.base.files.LockTimes;
import io.blockwise.base.files.Storage;
import io.blockwise.job.NotPublishedException;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.checkpoint.ConfigurationDiff;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.config.Settings;
import io.blockwise.job.report.EventLog;
import io.blockwise.job.report.RunStatus;
import io.blockwise.job.report.RunStatus.State;
import io.blockwise.job.report.ThisProcess;
import io.blockwise.job.report.html.ReportFile;
import io.blockwise.job.report.html.RunHistory;
import io.blockwise.job.report.mlflow.MlflowRun;
import io.blockwise.job.report.tensorboard.ScalarLog;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;

/** Where one run writes: {@code output/runs/RUN-ID}. Used by the driver's thread. */
public final class RunDirectory {
  /** The configuration that a run was started with. */
  static final String CONFIGURATION = "resolved.conf";

  private static final String STATUS = "run.json";

  private final Configuration hadoop;
  private final Storage storage;
  private final Path output;
  private final Path directory;
  private String model = "";
  private boolean begun;
  private RunStatus current;

  /** The directory of run {@code runId} below {@code output}; creates nothing. */
  private RunDirectory(Configuration hadoop, String output, String runId) {
    this.hadoop = hadoop;
    this.storage = new Storage(hadoop);
    this.output = new Path(output);
    this.directory = new Path(new Path(this.output, "runs"), runId);
  }

  /**
   * Where a run is going to write: under its {@code run-id}, or without one under its time and
   * seed, with a number behind if there is such a run already. Creates nothing.
   */
  public static RunDirectory of(Configuration hadoop, Settings settings, Instant started) {
    String output = settings.output();
    String runId = settings.runIdAt(started);
    RunDirectory directory = new RunDirectory(hadoop, output, runId);
    for (int number = 2;
        settings.runId().isEmpty() && directory.isTaken(settings.model().name());
        number++) {
      directory = new RunDirectory(hadoop, output, runId + "-" + number);
    }
    return directory;
  }

  /**
   * Begins a run, or goes on with one of the {@code run-id} that was given and has not ended. Of
   * several runs that start at once only one can begin in one place; the others go on to the next.
   */
  public static RunDirectory begin(Configuration hadoop, Settings settings, Instant started)
      throws IOException {
    RunDirectory directory = of(hadoop, settings, started);
    while (!directory.makeNew(directory.file(STATUS))) {
      if (settings.runId().isPresent()) {
        directory.begun = true;
        break;
      }
      directory = of(hadoop, settings, started);
    }
    directory.model = settings.model().name();
    directory.say(State.PREPARING, "");
    return directory;
  }

  /**
   * Keeps the configuration that the run is made from.
   *
   * @throws UserException if the run was begun with another one
   */
  public void configure(Settings settings) throws IOException {
    if (begun && storage.exists(file(CONFIGURATION))) {
      requireSame(settings);
    } else {
      write(CONFIGURATION, settings.rendered());
    }
  }

  /** Notes what the run is doing, or what it has ended with. */
  public void say(State state, String reason) throws IOException {
    String now = Instant.now().toString();
    RunStatus before = status().orElse(null);
    boolean first = current == null;
    int starts = before == null ? 1 : before.starts() + (first ? 1 : 0);
    String started = before == null ? now : before.started();
    current =
        new RunStatus(
            runId(),
            model,
            state,
            started,
            now,
            starts,
            ThisProcess.host(),
            ThisProcess.pid(),
            reason.lines().findFirst().orElse(""));
    storage.write(file(STATUS), current.toJson());
  }

  /** How the run stands; empty if there is none. */
  Optional<RunStatus> status() throws IOException {
    Path file = file(STATUS);
    return storage.exists(file) ? RunStatus.parse(storage.bytes(file)) : Optional.empty();
  }

  /**
   * Notes that the run has ended without a model. Of one that could not even begin nothing stays.
   */
  public void ended(Exception reason) {
    try {
      boolean refused = reason instanceof UserException && !begun;
      if (refused && current.state() == State.PREPARING) {
        storage.delete(directory);
        storage.deleteIfEmpty(directory.getParent());
      } else if (!current.state().isDone()) {
        boolean interrupted = Interruption.isBehind(reason);
        say(
            interrupted ? State.INTERRUPTED : State.FAILED,
            interrupted ? "stopped before the end" : String.valueOf(reason.getMessage()));
      }
    } catch (IOException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** Something that is done while no other run of the model is. */
  interface Alone {
    void with(DirectoryLock lock) throws Exception;
  }

  /**
   * Does something while no other run of the model is at work.
   *
   * @throws UserException if another one is
   */
  void alone(Settings settings, Consumer<String> notice, Alone action) throws Exception {
    Path models = model(settings.model().name());
    LockTimes times = LockTimes.refusing(settings.run().lockExpiry());
    boolean first = !storage.exists(output);
    try (DirectoryLock lock = DirectoryLock.acquire(storage, models, times, notice)) {
      action.with(lock);
    } finally {
      storage.deleteIfEmpty(models.getParent()); // made for the lock, if nothing came of it
      if (first) {
        storage.deleteIfEmpty(output);
      }
    }
  }

  /**
   * The last step: publishes the run's version if it is good enough, and tidies up.
   *
   * @throws NotPublishedException if it is not
   */
  void publish(Settings settings, Metrics metrics) throws IOException {
    model = settings.model().name();
    Optional<NotPublishedException> refused =
        Publishing.publish(settings, models(model), runId(), metrics);
    checkpoints().clear();
    if (refused.isPresent()) {
      say(State.NOT_PUBLISHED, refused.get().getMessage());
      throw refused.get();
    }
    say(State.FINISHED, earlyEnd());
  }

  /** Why the run has ended early, as was said when it began to publish; empty if it has not. */
  private String earlyEnd() throws IOException {
    return status()
        .filter(status -> status.state() == State.PUBLISHING)
        .map(RunStatus::reason)
        .orElse("");
  }

  /** Whether the run was begun before. */
  boolean isBegun() {
    return begun;
  }

  private void requireSame(Settings settings) throws IOException {
    Path file = file(CONFIGURATION);
    String before = new String(storage.bytes(file), StandardCharsets.UTF_8);
    if (before.isBlank()) { // killed while it was being written
      write(CONFIGURATION, settings.rendered());
      return;
    }
    String difference = ConfigurationDiff.of(before, settings.rendered());
    if (!difference.isEmpty()) {
      throw UserException.cannot(
          "resume run " + runId(),
          "this is another configuration than that in " + file + ": " + difference,
          "start it with the same configuration, or choose another run-id");
    }
  }

  /** What the run keeps to go on from. */
  Checkpoints checkpoints() throws IOException {
    // executors, which write there as well, have other working directories
    Path place = file("checkpoints");
    return new Checkpoints(storage, storage.fileSystem(place).makeQualified(place));
  }

  /** The name of the run. */
  public String runId() {
    return directory.getName();
  }

  private boolean isTaken(String name) {
    try {
      return storage.exists(directory) || storage.exists(version(name));
    } catch (IOException e) {
      return false; // and nothing can be written there, which is said elsewhere
    }
  }

  private Path version(String name) {
    return new Path(new Path(model(name), "versions"), runId());
  }

  private Path file(String name) {
    return new Path(directory, name);
  }

  /** Whether this call has made the file, and no other: Hadoop's local files would not tell. */
  private boolean makeNew(Path file) throws IOException {
    if (storage.isObjectStore(file)) {
      return makeNewObject(file);
    }
    try {
      if (storage.isLocal(file)) {
        java.nio.file.Path local = java.nio.file.Path.of(file.toUri().getPath());
        Files.createDirectories(local.getParent());
        Files.createFile(local);
      } else {
        storage.fileSystem(file).create(file, false).close();
      }
      return true;
    } catch (FileAlreadyExistsException | java.nio.file.FileAlreadyExistsException e) {
      return false;
    }
  }

  /** The same where of two who create one file neither is told: one after the other. */
  private boolean makeNewObject(Path file) throws IOException {
    try (DirectoryLock lock =
        DirectoryLock.acquire(storage, directory, LockTimes.NORMAL, notice -> {})) {
      boolean free = !storage.exists(file);
      if (free) {
        lock.requireStillHeld();
        storage.put(file, out -> {});
      }
      return free;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException().initCause(e);
    }
  }

  /**
   * Finds out whether the run and its model can be written before any work is done, and leaves
   * nothing behind.
   *
   * @throws UserException if there is such a version already, or something else in the place of the
   *     run, or they cannot be written
   */
  public void requireWritable(String name) {
    try {
      if (storage.exists(directory) && !isRun()) {
        throw taken(directory);
      }
      if (storage.exists(version(name)) && !isUnfinished(name)) {
        throw taken(version(name));
      }
      storage.probe(directory);
      storage.probe(version(name));
    } catch (IOException e) {
      throw UserException.cannot(
          "write to output " + output,
          e.getMessage(),
          "give a directory that can be written with --set output=DIR",
          e);
    }
  }

  /** What this run has written of a version before it was stopped is written again. */
  private boolean isUnfinished(String name) throws IOException {
    return isRun() && !models(name).isComplete(runId());
  }

  private boolean isRun() throws IOException {
    return storage.exists(file(STATUS)) || storage.exists(file(CONFIGURATION));
  }

  private UserException taken(Path target) {
    return UserException.cannot(
        "start run " + runId(), target + " exists", "choose another run-id");
  }

  /** Keeps a small text with the run, in place of one of that name. */
  public void write(String name, String content) throws IOException {
    storage.write(file(name), content.getBytes(StandardCharsets.UTF_8));
  }

  /** The run's events, which {@code history} hears, those of its earlier starts first. */
  EventLog events(Clock clock, RunHistory history) throws IOException {
    return EventLog.open(storage, file("events.jsonl"), clock, history::add);
  }

  /** Figures of the run for TensorBoard. */
  ScalarLog scalars(Clock clock) throws IOException {
    return ScalarLog.open(storage, file("tensorboard"), clock);
  }

  /** The run in MLflow, if it is tracked there. */
  MlflowRun tracked(Settings settings, Clock clock, Consumer<String> notice) {
    return MlflowRun.begin(settings, runId(), storage, clock, notice);
  }

  /** The page that shows the run. */
  ReportFile page(RunHistory history, Consumer<String> notice) {
    return new ReportFile(storage, directory, history, notice, System::nanoTime);
  }

  /**
   * A file that grows while the run goes on, and appears at its end on an object store; new, unless
   * the run begins again.
   */
  FSDataOutputStream create(String name) throws IOException {
    return storage.fileSystem(directory).create(file(name), begun);
  }

  /** Where models of that name are published. */
  ModelStore models(String name) {
    return new ModelStore(hadoop, model(name));
  }

  private Path model(String name) {
    return new Path(new Path(output, "models"), name);
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
