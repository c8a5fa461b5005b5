package io.blockwise.job;

import io.blockwise.base.UserException;
import io.blockwise.job.input.HadoopSettings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Asks the storage of a place that the user has named, before any work. Hadoop's clients try for a
 * quarter of an hour by themselves, and say nothing meanwhile; this takes a minute at most. A run
 * that goes on has their patience again.
 */
final class FirstContact {
  private static final int SECONDS = 60;
  private static final String LOOK = "see whether it runs, and whether this is its address";

  /** What is set here unless the user has set it. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "ipc.client.connect.max.retries", "5",
          "ipc.client.connect.max.retries.on.timeouts", "1",
          "ipc.client.connect.timeout", "15000",
          "ipc.client.rpc-timeout.ms", "20000",
          "fs.s3a.attempts.maximum", "4",
          "fs.s3a.retry.limit", "2",
          "fs.s3a.retry.throttle.limit", "6",
          "fs.s3a.connection.establish.timeout", "5000",
          "fs.s3a.connection.timeout", "15000");

  private FirstContact() {}

  /**
   * Has the storage look whether there is something.
   *
   * @param key what the user calls the place
   * @throws UserException if it cannot be used: one line with what to do
   */
  static void require(String key, String place) {
    FutureTask<Boolean> asking = new FutureTask<>(() -> exists(new Path(place)));
    Thread thread = new Thread(asking, "blockwise-first-contact");
    thread.setDaemon(true);
    thread.start();
    try {
      asking.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw refused(key, place, e.getCause());
    } catch (TimeoutException e) {
      thread.interrupt();
      throw UserException.cannot(
          "use " + key + " = " + place, "it gives no answer within " + SECONDS + " s", LOOK, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean exists(Path place) throws IOException {
    Configuration settings = impatient(HadoopSettings.current());
    try (FileSystem files = FileSystem.newInstance(place.toUri(), settings)) {
      return files.exists(place);
    }
  }

  private static Configuration impatient(Configuration settings) {
    Configuration impatient = new Configuration(settings);
    IMPATIENT.forEach(
        (key, value) -> {
          if (isDefault(settings, key)) {
            impatient.set(key, value);
          }
        });
    return impatient;
  }

  private static boolean isDefault(Configuration settings, String key) {
    String[] sources = settings.getPropertySources(key);
    return sources == null || sources[sources.length - 1].equals("core-default.xml");
  }

  private static UserException refused(String key, String place, Throwable failure) {
    String action = "use " + key + " = " + place;
    return StorageErrors.of(failure)
        .map(
            found ->
                UserException.cannot(
                    action, found.fact(), found.lasting() ? found.remedy() : LOOK, failure))
        .orElseGet(
            () ->
                UserException.cannot(
                    action,
                    StorageErrors.fact(failure),
                    "give a directory such as file:/data or hdfs://host:8020/data; the library of"
                        + " another file system goes to --jars",
                    failure));
  }
}
