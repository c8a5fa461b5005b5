package io.blockwise.job.training;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.checkpoint.ConfigurationDiff;
import io.blockwise.job.config.Settings;
import io.blockwise.job.report.EventLog;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;

/** Where one run writes: {@code output/runs/RUN-ID}. Used by the driver's thread. */
public final class RunDirectory {
  /** The configuration that a run was started with. */
  static final String CONFIGURATION = "resolved.conf";

  private final Configuration hadoop;
  private final Storage storage;
  private final Path output;
  private final Path directory;
  private boolean begun;

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
   * Begins a run by writing its configuration, or goes on with one of the {@code run-id} that was
   * given and has not ended. Of several runs that start at once only one can begin in one place;
   * the others go on to the next.
   *
   * @throws UserException if there is a run of that {@code run-id} with another configuration
   */
  public static RunDirectory begin(Configuration hadoop, Settings settings, Instant started)
      throws IOException {
    RunDirectory directory = of(hadoop, settings, started);
    while (!directory.makeNew(directory.file(CONFIGURATION))) {
      if (settings.runId().isPresent()) {
        directory.requireSame(settings);
        directory.begun = true;
        return directory;
      }
      directory = of(hadoop, settings, started);
    }
    directory.write(CONFIGURATION, settings.rendered());
    return directory;
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
  Checkpoints checkpoints() {
    return new Checkpoints(storage, file("checkpoints"));
  }

  /** The name of the run. */
  public String runId() {
    return directory.getName();
  }

  private boolean isTaken(String model) {
    try {
      return storage.exists(directory) || storage.exists(version(model));
    } catch (IOException e) {
      return false; // and nothing can be written there, which is said elsewhere
    }
  }

  private Path version(String model) {
    return new Path(new Path(model(model), "versions"), runId());
  }

  private Path file(String name) {
    return new Path(directory, name);
  }

  /** Whether this call has made the file, and no other: Hadoop's local files would not tell. */
  private boolean makeNew(Path file) throws IOException {
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

  /**
   * Finds out whether the run and its model can be written before any work is done, and leaves
   * nothing behind.
   *
   * @throws UserException if there is such a version already, or something else in the place of the
   *     run, or they cannot be written
   */
  public void requireWritable(String model) {
    try {
      if (storage.exists(directory) && !storage.exists(file(CONFIGURATION))) {
        throw taken(directory);
      }
      if (storage.exists(version(model)) && !isUnfinished(model)) {
        throw taken(version(model));
      }
      storage.probe(directory);
      storage.probe(version(model));
    } catch (IOException e) {
      throw UserException.cannot(
          "write to output " + output,
          e.getMessage(),
          "give a directory that can be written with --set output=DIR",
          e);
    }
  }

  /** What this run has written of a version before it was stopped is written again. */
  private boolean isUnfinished(String model) throws IOException {
    return storage.exists(file(CONFIGURATION)) && !models(model).isComplete(runId());
  }

  private UserException taken(Path target) {
    return UserException.cannot(
        "start run " + runId(), target + " exists", "choose another run-id");
  }

  /** Keeps a small text with the run, in place of one of that name. */
  public void write(String name, String content) throws IOException {
    storage.write(file(name), content.getBytes(StandardCharsets.UTF_8));
  }

  /** The run's events. */
  EventLog events(Clock clock) throws IOException {
    return EventLog.open(storage, file("events.jsonl"), clock);
  }

  /** A file that grows while the run goes on; new, unless the run begins again. */
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
