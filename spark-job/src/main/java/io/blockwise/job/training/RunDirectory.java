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
final class RunDirectory {
  private final Configuration hadoop;
  private final Path output;
  private final Path directory;

  RunDirectory(Configuration hadoop, String output, String runId) {
    this.hadoop = hadoop;
    this.output = new Path(output);
    this.directory = new Path(new Path(this.output, "runs"), runId);
  }

  /**
   * Finds out whether the run can be written before any work is done.
   *
   * @throws UserException if there is such a run already, or the directory cannot be written
   */
  void requireWritable() {
    Storage storage = new Storage(hadoop);
    try {
      if (storage.exists(directory)) {
        throw new UserException(
            "Cannot start run "
                + directory.getName()
                + ": "
                + directory
                + " exists (choose another run-id)");
      }
      storage.probe(directory);
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

  /** Keeps the resolved configuration with the run. */
  void write(String name, String content) throws IOException {
    Path file = new Path(directory, name);
    try (OutputStream out = new Storage(hadoop).fileSystem(file).create(file, true)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The run's events. */
  EventLog events(Clock clock) throws IOException {
    return EventLog.open(hadoop, new Path(directory, "events.jsonl"), clock);
  }

  /** Where models of that name are published. */
  ModelStore models(String name) throws IOException {
    return new ModelStore(hadoop, new Path(new Path(output, "models"), name));
  }

  @Override
  public String toString() {
    return directory.toString();
  }
}
