package io.blockwise.job.input;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The files of one split as they lie on storage, from one look at their folder. */
final class SplitFiles {
  private final Dataset dataset;
  private final Split split;
  private final Map<String, Long> lengths = new HashMap<>();

  SplitFiles(Dataset dataset, Split split, Configuration hadoop) throws IOException {
    this.dataset = dataset;
    this.split = split;
    Path folder = new Path(dataset.directory(), split.directory());
    try {
      for (FileStatus file : folder.getFileSystem(hadoop).listStatus(folder)) {
        lengths.put(file.getPath().getName(), file.getLen());
      }
    } catch (FileNotFoundException e) {
      // As good as an empty folder: the first shard is what is missing.
    }
  }

  /**
   * Compares names and lengths with the manifest; checksums are compared when a shard is read.
   *
   * @throws UserException for the first shard that differs
   */
  void requireAll() {
    for (Shard shard : dataset.manifest().split(split).shards()) {
      Long length = lengths.get(new Path(shard.file()).getName());
      if (length == null) {
        throw unusable(shard, "it is missing from " + dataset.directory());
      }
      if (length != shard.bytes()) {
        throw unusable(shard, "its " + length + " bytes are not the manifest's " + shard.bytes());
      }
    }
  }

  private static UserException unusable(Shard shard, String fact) {
    return UserException.cannot(
        "read shard " + shard.file(), fact, "delete the data set and prepare it again");
  }
}
