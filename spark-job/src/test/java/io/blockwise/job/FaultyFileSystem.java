package io.blockwise.job;

import io.blockwise.model.engine.DeviceLostException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Files at {@code faulty:}. Whoever opens one of a split first, over all processes, meets a fault:
 * it hangs and cannot be interrupted, as in a read from a server that is gone, or it loses its
 * device, as if it had computed.
 */
public final class FaultyFileSystem extends RawLocalFileSystem {
  private static final String SPLIT = "faulty.split";
  private static final String FAULT = "faulty.fault";
  private static final String MARKER = "faulty.marker";

  private static volatile CountDownLatch released = new CountDownLatch(0);

  /** What happens. */
  public enum Fault {
    HANG,
    DEVICE_LOST
  }

  /**
   * Spark's properties that make {@code faulty:} known.
   *
   * @param split of a data set, such as {@code train}
   * @param marker is written by whoever meets the fault: its process
   */
  public static Map<String, String> properties(
      Fault fault, String split, java.nio.file.Path marker) {
    return Map.of(
        "spark.hadoop.fs.faulty.impl",
        FaultyFileSystem.class.getName(),
        "spark.hadoop." + FAULT,
        fault.name(),
        "spark.hadoop." + SPLIT,
        split,
        "spark.hadoop." + MARKER,
        marker.toString());
  }

  /**
   * Makes {@code faulty:} known.
   *
   * @param split of a data set, such as {@code train}
   * @param marker is written by whoever meets the fault: its process
   */
  public static Configuration configuration(Fault fault, String split, java.nio.file.Path marker) {
    Configuration configuration = new Configuration();
    properties(fault, split, marker)
        .forEach((key, value) -> configuration.set(key.substring("spark.hadoop.".length()), value));
    configuration.set("fs.faulty.impl.disable.cache", "true"); // it would keep another's marker
    return configuration;
  }

  /** Lets who hangs in this process go on. */
  public static void release() {
    released.countDown();
  }

  @Override
  public URI getUri() {
    return URI.create("faulty:///");
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    if (path.getParent().getName().equals(getConf().get(SPLIT)) && isFirst()) {
      switch (Fault.valueOf(getConf().get(FAULT))) {
        case HANG -> hang();
        case DEVICE_LOST -> throw new DeviceLostException("GPU 0 has failed: ...", null);
      }
    }
    return super.open(path, bufferSize);
  }

  private boolean isFirst() throws IOException {
    try {
      java.nio.file.Path marker = java.nio.file.Path.of(getConf().get(MARKER));
      Files.createFile(marker);
      Files.writeString(marker, ProcessHandle.current().pid() + "\n");
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static void hang() {
    CountDownLatch mine = new CountDownLatch(1);
    released = mine;
    boolean interrupted = false;
    while (mine.getCount() > 0) {
      try {
        mine.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
