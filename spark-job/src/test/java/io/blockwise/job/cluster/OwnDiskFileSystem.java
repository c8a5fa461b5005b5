package io.blockwise.job.cluster;

import java.io.File;
import java.net.URI;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.SparkEnv;

/**
 * Files at {@code own:}, of which executors see others than the driver, as with {@code file:} on a
 * cluster: theirs lie below {@code executor-disk} of the directory {@code own.directory}.
 */
public final class OwnDiskFileSystem extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("own:///");
  }

  @Override
  public String getScheme() {
    return "own";
  }

  @Override
  public File pathToFile(Path path) {
    File file = super.pathToFile(path);
    SparkEnv env = SparkEnv.get();
    if (env == null || env.executorId().equals("driver")) {
      return file;
    }
    return new File(getConf().get("own.directory") + "/executor-disk", file.getPath());
  }
}
