package io.blockwise.spark;

import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import scala.Option;

/** Writes a model: Spark ML's file of parameters, and the artifact beside it. */
final class ModelWriter extends MLWriter {
  /** Directory of the artifact, as of any model. */
  static final String MODEL = "model";

  private final BlockwiseModel model;

  ModelWriter(BlockwiseModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
    Configuration hadoop = HadoopSettings.current();
    try {
      ModelStore store = new ModelStore(hadoop, new Path(path, MODEL));
      store.write(model.place().read(hadoop));
      store.publish(model.place().version());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
