package io.blockwise.job.report.tensorboard;

import io.blockwise.base.files.Storage;
import io.blockwise.job.report.GrowingFile;
import io.blockwise.job.report.ThisProcess;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * A file of scalars as TensorBoard reads it. Every start of a run writes one of its own, as is
 * usual there. Used by one thread.
 */
public final class ScalarLog implements AutoCloseable {
  /** Of a run that writes none. */
  public static final ScalarLog NONE = new ScalarLog(null, Clock.systemUTC());

  private final GrowingFile file;
  private final Clock clock;

  private ScalarLog(GrowingFile file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** Begins a file in a directory. */
  public static ScalarLog open(Storage storage, Path directory, Clock clock) throws IOException {
    String name =
        "events.out.tfevents."
            + clock.instant().getEpochSecond()
            + "."
            + ThisProcess.host()
            + "."
            + ThisProcess.pid();
    ScalarLog log = new ScalarLog(GrowingFile.open(storage, new Path(directory, name)), clock);
    log.append(EventMessage.version(log.seconds()));
    return log;
  }

  /**
   * Adds scalars.
   *
   * @param step where they belong on the horizontal axis
   * @param scalars by their tags; those that are no finite numbers are left out
   */
  public void write(long step, Map<String, Double> scalars) throws IOException {
    append(EventMessage.scalars(seconds(), step, scalars));
  }

  private double seconds() {
    return clock.millis() / 1e3;
  }

  private void append(byte[] message) throws IOException {
    if (file != null) {
      file.append(RecordFrame.of(message));
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
