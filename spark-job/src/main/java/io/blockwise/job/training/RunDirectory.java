package io.blockwise.job.training;

import io.blockwise.data.storage.Storage;
import io.blockwise.job.UserException;
import io.blockwise.job.report.EventLog;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Where one run writes: {@code output/runs/RUN-ID}. Used by the driver's thread. */
public final class RunDirectory {
  private final Configuration hadoop;
  private final Storage storage;
  private final Path output;
  private final Path directory;

  /** The directory of run {@code runId} below {@code output}; creates nothing. */
  public RunDirectory(Configuration hadoop, String output, String runId) {
    this.hadoop = hadoop;
    this.storage = new Storage(hadoop);
    this.output = new Path(output);
    this.directory = new Path(new Path(this.output, "runs"), runId);
  }

  /**
   * Finds out whether the run and its model can be written before any work is done, and leaves
   * nothing behind.
   *
   * @throws UserException if there is such a run or version already, or they cannot be written
   */
  public void requireWritable(String model) {
    Path version = new Path(new Path(model(model), "versions"), directory.getName());
    try {
      for (Path target : new Path[] {directory, version}) {
        requireNew(target);
        storage.probe(target);
      }
    } catch (IOException e) {
      throw new UserException(
          "Cannot write to output "
              + output
              + ": "
              + e.getMessage()
              + " (give a directory that can be written with --set output=DIR)",
          e);
    }
  }

  private void requireNew(Path target) throws IOException {
    if (storage.exists(target)) {
      throw new UserException(
          "Cannot start run "
              + directory.getName()
              + ": "
              + target
              + " exists (choose another run-id)");
    }
  }

  /** Keeps a small text with the run, for example the resolved configuration. */
  public void write(String name, String content) throws IOException {
    Path file = new Path(directory, name);
    try (OutputStream out = storage.fileSystem(file).create(file, false)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The run's events. */
  EventLog events(Clock clock) throws IOException {
    return EventLog.open(hadoop, new Path(directory, "events.jsonl"), clock);
  }

  /** Where models of that name are published. */
  ModelStore models(String name) throws IOException {
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
