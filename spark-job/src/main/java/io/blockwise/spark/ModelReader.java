package io.blockwise.spark;

import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.prediction.ModelPlace;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ModelWriter} has written. */
final class ModelReader extends MLReader<BlockwiseModel> {
  @Override
  public BlockwiseModel load(String path) {
    Configuration hadoop = HadoopSettings.current();
    try {
      Path model = new Path(path, ModelWriter.MODEL);
      if (!new Storage(hadoop).exists(model)) {
        throw UserException.cannot(
            "load the model " + path,
            "it has no directory " + ModelWriter.MODEL,
            "give the path that a BlockwiseModel was written to; what bin/blockwise has published"
                + " is read by its own path with BlockwiseModel.published");
      }
      var metadata = DefaultParamsReader.loadMetadata(path, sc(), BlockwiseModel.class.getName());
      EngineChoice choice = new EngineChoice(EngineName.AUTO, Precision.FLOAT32);
      BlockwiseModel read =
          new BlockwiseModel(metadata.uid(), ModelPlace.of(hadoop, model.toString()), choice);
      metadata.getAndSetParams(read, scala.Option.empty());
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
