package io.blockwise.job.input;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageShard;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.UserException;
import io.blockwise.job.feed.ImageRows;
import io.blockwise.model.artifact.Normalisation;
import io.blockwise.model.spec.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images of a data set, shard by shard; what was read once stays in memory, shared by the
 * workers of the process. Thread-safe.
 */
public final class Images {
  private final Dataset dataset;
  private final Map<Shard, ImageRows> rows = new ConcurrentHashMap<>();

  /**
   * @param memory bytes that the shards of train and validation may take
   * @throws UserException if they take more
   */
  public Images(Dataset dataset, long memory) {
    this.dataset = dataset;
    long needed =
        (rows(dataset, Split.TRAIN) + rows(dataset, Split.VALIDATION))
            * (dataset.manifest().shape().bytes() + Integer.BYTES);
    if (needed > memory) {
      throw new UserException(
          "Cannot hold data set "
              + dataset.directory()
              + " in memory: it takes "
              + needed
              + " bytes, data.memory allows "
              + memory
              + " (raise data.memory and the memory of the process)");
    }
  }

  private static long rows(Dataset dataset, Split split) {
    return dataset.manifest().split(split).rows();
  }

  /** What the data set says of itself. */
  public Manifest manifest() {
    return dataset.manifest();
  }

  /** Shape of an image. */
  public Shape shape() {
    return Shape.map(
        manifest().shape().channels(), manifest().shape().height(), manifest().shape().width());
  }

  /** How pixels become inputs: by mean and standard deviation of the training split. */
  public Normalisation normalisation() {
    return new Normalisation(manifest().mean(), manifest().standardDeviation());
  }

  /** The rows of some shards, read and verified at the first time. */
  public List<ImageRows> of(List<Shard> shards) {
    return shards.stream().map(shard -> rows.computeIfAbsent(shard, this::read)).toList();
  }

  private ImageRows read(Shard shard) {
    ImageShard images = dataset.read(shard);
    return new ImageRows(images.pixels(), images.labels(), images.firstRow());
  }
}
