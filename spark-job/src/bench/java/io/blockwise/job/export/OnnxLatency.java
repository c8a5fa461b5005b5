package io.blockwise.job.export;

import ai.onnxruntime.OrtException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Predictor;
import io.blockwise.job.prediction.RowReader;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.onnx.OnnxModel;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long one example takes in ONNX Runtime and in a {@link Predictor}, each with one thread that
 * computes, from the raw value to probabilities: images of 32 by 32 pixels as PNG files, texts of up
 * to nine tokens, rows of three numbers. Weights are random, which changes no time. Rounds of both
 * alternate.
 */
public final class OnnxLatency {
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
  private static final int ROUNDS = 5;
  private static final int WARM = 100;
  private static final int TIMED = 200;
  private static final String TEXTS = "data={kind = text, path = none}";

  private OnnxLatency() {}

  public static void main(String[] arguments) throws Exception {
    measure(RandomModel.ofNumbers(), "mlp", "data={kind = table, path = none}");
    RandomModel images = RandomModel.ofImages(32);
    for (String backbone : List.of("mlp", "cnn", "vgg-small", "vgg8", "resnet18", "resnet32")) {
      measure(images, backbone);
    }
    for (String backbone : List.of("text-linear", "text-lstm", "text-transformer")) {
      measure(RandomModel.ofTexts(), backbone, TEXTS);
    }
  }

  private static void measure(RandomModel model, String backbone, String... further)
      throws Exception {
    Path directory = Files.createTempDirectory("onnx-latency");
    List<String> sets = new ArrayList<>(List.of(further));
    sets.addAll(
        List.of("backbone=" + backbone, "exit.features=pooled", "method=pred", "vgg-small.width=32"));
    ModelVersion version =
        model.version(
            SmallRuns.unprepared(directory, sets.toArray(String[]::new)), Exits.PLAIN);
    int last = version.blocks().size();
    List<Example> examples = model.examples(TIMED);
    double[] full = times(version, examples, last);
    double[] first = times(version, examples, 1);
    System.out.printf(
        Locale.ROOT,
        "| %s %s | %.2f | %.2f | %.2f | %.2f |%n",
        version.description().mainField(),
        backbone,
        full[0],
        full[1],
        first[0],
        first[1]);
  }

  /** Medians of the rounds' medians, in milliseconds: of the predictor and of ONNX Runtime. */
  private static double[] times(ModelVersion version, List<Example> examples, int block)
      throws Exception {
    RowReader reader = new RowReader(version);
    Map<String, Shape> shapes = Comparison.shapes(version);
    ExitRule rule = new ExitRule.Shortcut(block);
    double[] ofPredictor = new double[ROUNDS];
    double[] ofRuntime = new double[ROUNDS];
    try (Predictor<Example> predictor = Predictor.ofExamples(version, TORCH);
        OnnxSession session = new OnnxSession(Comparison.file(version, block))) {
      Answer java = example -> predictor.answer(List.of(example), rule);
      Answer onnx =
          example -> answer(session, List.of(reader.read(example)), shapes);
      round(java, examples.subList(0, WARM));
      round(onnx, examples.subList(0, WARM));
      for (int i = 0; i < ROUNDS; i++) {
        ofPredictor[i] = round(java, examples);
        ofRuntime[i] = round(onnx, examples);
      }
    }
    return new double[] {median(ofPredictor), median(ofRuntime)};
  }

  private static void answer(
      OnnxSession session, List<RowReader.Read> row, Map<String, Shape> shapes)
      throws OrtException {
    session.answers(OnnxModel.PROBABILITIES, row, shapes);
  }

  private interface Answer {
    void to(Example example) throws Exception;
  }

  private static double round(Answer answer, List<Example> examples) throws Exception {
    double[] millis = new double[examples.size()];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      answer.to(examples.get(i));
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    return median(millis);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
