package io.blockwise.python;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Rows;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.device.Engines;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows as they are before a model reads them, answered by Java and by Python. Immutable.
 *
 * @param rows as Java reads them
 * @param raw the same for Python, by field
 */
record Answers(List<Row> rows, Map<String, Object> raw) {

  /** Writes NaN as Python reads it. */
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);

  /** Brings a row to what batches are made of. */
  interface Row {
    RowReader.Read by(RowReader reader);
  }

  /** The first so many images of a shard, in some of its fields. */
  static Answers ofImages(Rows rows, int count, List<String> fields) {
    Map<String, Object> raw = new LinkedHashMap<>();
    for (String field : fields) {
      ImageValues images = rows.field(field, ImageValues.class);
      ImageShape shape = images.shape();
      byte[] pixels = Arrays.copyOf(images.pixels(), count * shape.bytes());
      List<Integer> sizes = List.of(count, shape.channels(), shape.height(), shape.width());
      raw.put(field, Map.of("bytes", pixels, "shape", sizes));
    }
    return new Answers(
        IntStream.range(0, count).<Row>mapToObj(i -> reader -> reader.of(rows, i)).toList(), raw);
  }

  /** Texts or numbers, and what else is known of them. */
  static Answers ofExamples(String main, List<Example> examples) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put(main, examples.stream().map(Example::main).toList());
    for (String side : examples.get(0).sides().keySet()) {
      raw.put(side, examples.stream().map(example -> example.sides().get(side)).toList());
    }
    return new Answers(
        examples.stream().<Row>map(example -> reader -> reader.read(example)).toList(), raw);
  }

  /**
   * Largest difference of a class score between the two, over all blocks, rows and classes, as a
   * share of the largest score of the block by its magnitude.
   *
   * @param directory of the run whose newest model answers
   * @param framework {@code numpy} or {@code torch}
   */
  double difference(Path directory, String framework) throws IOException, InterruptedException {
    Path model = SmallRuns.versions(directory).getParent();
    Path file = Files.createTempFile(directory, "raw", ".json");
    JSON.writeValue(file.toFile(), raw);
    JsonNode found =
        JSON.readTree(Python.run("scores.py", model.toString(), framework, file.toString()));
    List<float[]> expected = scores(SmallRuns.published(directory));
    if (found.size() != expected.size()) {
      throw new AssertionError(found.size() + " blocks instead of " + expected.size());
    }
    return IntStream.range(0, expected.size())
        .mapToDouble(block -> difference(expected.get(block), found.get(block)))
        .max()
        .orElseThrow();
  }

  private List<float[]> scores(ModelVersion version) {
    RowReader reader = new RowReader(version);
    try (DecoupledNetwork network = version.on(Engines.create(TORCH))) {
      return network.scores(reader.batch(rows.stream().map(row -> row.by(reader)).toList()));
    }
  }

  private static double difference(float[] expected, JsonNode found) {
    int classes = found.get(0).size();
    if (expected.length != found.size() * classes) {
      throw new AssertionError(found.size() + " rows of " + expected.length + " scores");
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      double score = found.get(i / classes).get(i % classes).asDouble(Double.NaN);
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - score)); // NaN if one is
    }
    return difference / largest;
  }
}
