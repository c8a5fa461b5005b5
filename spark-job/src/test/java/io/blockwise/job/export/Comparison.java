package io.blockwise.job.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.device.Engines;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.onnx.OnnxModel;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows answered by Java and by ONNX Runtime, through every exit of a model. */
final class Comparison {
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);

  /** Rows that ONNX Runtime answers together. */
  private static final List<Integer> BATCHES = List.of(1, 3);

  private final ModelVersion version;
  private final List<RowReader.Read> rows;

  Comparison(ModelVersion version, List<Example> examples) {
    this.version = version;
    RowReader reader = new RowReader(version);
    rows = examples.stream().map(reader::read).toList();
  }

  /** The file of an exit. */
  static byte[] file(ModelVersion version, int block) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    OnnxModel.of(version, block).write(file);
    return file.toByteArray();
  }

  /** Shapes of all fields. */
  static Map<String, Shape> shapes(ModelVersion version) {
    Map<String, Shape> shapes = new HashMap<>(version.description().network().sides());
    shapes.put(version.description().mainField(), version.description().network().input());
    return shapes;
  }

  /**
   * Largest difference of a class score, over all exits, rows, classes and sizes of batches, as a
   * share of the largest score of the exit by its magnitude.
   */
  double difference() throws IOException, OrtException {
    double difference = 0;
    List<float[]> expected = scores();
    for (int block = 1; block <= expected.size(); block++) {
      requireTelling(expected.get(block - 1));
      try (OnnxSession session = new OnnxSession(file(version, block))) {
        for (int batch : BATCHES) {
          difference = Math.max(difference, difference(expected.get(block - 1), session, batch));
        }
      }
    }
    return difference;
  }

  private List<float[]> scores() {
    try (DecoupledNetwork network = version.on(Engines.create(TORCH))) {
      return network.scores(new RowReader(version).batch(rows));
    }
  }

  /** Rows that are answered alike would be so by a graph that does not read them. */
  private void requireTelling(float[] scores) {
    int classes = version.description().classes().size();
    double spread = 0;
    double largest = 0;
    for (int i = 0; i < scores.length; i++) {
      spread = Math.max(spread, Math.abs(scores[i] - scores[i % classes]));
      largest = Math.max(largest, Math.abs(scores[i]));
    }
    assertThat(spread / largest).as("spread of the rows' scores").isGreaterThan(1e-3);
  }

  private double difference(float[] expected, OnnxSession session, int batch) throws OrtException {
    int classes = version.description().classes().size();
    double largest = 0;
    double difference = 0;
    for (int from = 0; from < rows.size(); from += batch) {
      List<RowReader.Read> some = rows.subList(from, Math.min(rows.size(), from + batch));
      float[][] found = session.answers(OnnxModel.SCORES, some, shapes(version));
      for (int i = 0; i < some.size() * classes; i++) {
        float score = expected[from * classes + i];
        largest = Math.max(largest, Math.abs(score));
        difference = Math.max(difference, Math.abs(score - found[i / classes][i % classes]));
      }
    }
    return difference / largest; // NaN if a score is one
  }
}
