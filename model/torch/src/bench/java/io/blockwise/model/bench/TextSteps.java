package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.TokenField;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.Precision;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Embedding;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.Method;
import io.blockwise.model.spec.assembly.TextBackbone;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Steps of one layer of texts behind an embedding, with a classifier, beside {@code
 * src/bench/python/text_step.py}, which does the same in PyTorch: median and least of the steps
 * after three that are not counted.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 mvn -q -Pbench -pl model/torch -am process-test-classes -Dbench=TextSteps \
 *     -Dbench.args="lstm 300 300 64 40 0 20"
 * </pre>
 *
 * <p>Arguments: linear, lstm, lstm-packed or transformer, width of the embedding, units, rows of a
 * batch, tokens of the longest text (the shortest has half), rate of the embedding, steps. With
 * {@code -Dengine=dl4j} the other engine takes them.
 */
public final class TextSteps {
  private static final int WARM = 3;
  private static final double DROPOUT = Double.parseDouble(System.getProperty("dropout", "0.1"));
  private static final int CLASSES = 4;
  private static final int VOCABULARY = 30_000;

  private TextSteps() {}

  public static void main(String[] arguments) {
    int units = Integer.parseInt(arguments[2]);
    int positions = Integer.parseInt(arguments[4]);
    Embedding embedding =
        new Embedding(Integer.parseInt(arguments[1]), Double.parseDouble(arguments[5]));
    Backbone backbone =
        switch (arguments[0]) {
          case "linear" -> new TextBackbone.Linear(embedding, List.of(units));
          case "lstm" -> new TextBackbone.Lstm(embedding, units, 1, false);
          case "lstm-packed" -> new TextBackbone.Lstm(embedding, units, 1, true);
          case "transformer" -> new TextBackbone.Transformer(embedding, 6, units, 1, DROPOUT, false);
          default -> throw new IllegalArgumentException(arguments[0]);
        };
    Method.Parts parts =
        new Method.Parts(
            new LossSpec.CrossEntropy(),
            new ExitSpec(Features.POOLED),
            new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant()));
    Batch batch = texts(Integer.parseInt(arguments[3]), positions);
    double[] steps = new double[Integer.parseInt(arguments[6])];
    Shape input = Shape.tokens(positions, VOCABULARY);
    try (DecoupledNetwork network =
        new DecoupledNetwork(
            engine(),
            Method.BP.network(input, CLASSES, backbone.blocks(), parts),
            1)) {
      for (int i = -WARM; i < steps.length; i++) {
        long start = System.nanoTime();
        network.step(batch, k -> 1e-3);
        if (i >= 0) {
          steps[i] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    Arrays.sort(steps);
    System.out.printf(
        Locale.ROOT,
        "%s: median %.1f ms, least %.1f%n",
        String.join(" ", arguments),
        steps[steps.length / 2],
        steps[0]);
  }

  private static Engine engine() {
    return System.getProperty("engine", "torch").equals("dl4j")
        ? new Dl4jEngine()
        : new TorchEngine(Device.CPU, Precision.FLOAT32);
  }

  /** Lengths from half of the most up, evenly; small ids are more frequent. */
  private static Batch texts(int rows, int positions) {
    SplittableRandom random = new SplittableRandom(1);
    TokenField field = new TokenField(rows);
    Batch batch = new Batch(Map.of("tokens", field), rows);
    for (int row = 0; row < rows; row++) {
      int length = positions / 2 + row * (positions - positions / 2) / (rows - 1);
      int[] ids = new int[length];
      Arrays.setAll(ids, i -> 1 + (int) (Math.pow(random.nextDouble(), 4) * (VOCABULARY - 1)));
      field.set(row, ids);
      batch.labels()[row] = row % CLASSES;
    }
    batch.rows(rows);
    return batch;
  }
}
