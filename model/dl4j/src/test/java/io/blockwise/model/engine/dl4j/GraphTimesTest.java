package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Measures what docs/performance.md says of graphs, and tests nothing.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 OMP_WAIT_POLICY=passive mvn -q -pl model/dl4j -am test \
 *     -Dtest=GraphTimesTest -Dgraph.times=all -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 *
 * {@code graph.times} is {@code all} or the name of one function.
 */
@EnabledIfSystemProperty(named = "graph.times", matches = ".+")
class GraphTimesTest {
  private static final int WARM = 5;
  private static final int RUNS = 21;
  private static final int LONG = 10_000;

  /** Forward and backward on a tape and in SameDiff's session: least and median. */
  @Test
  void timesOfGraphs() {
    Stream.concat(
            GraphFunctions.carried(true).stream(), Stream.of(RefusedGraphFunctions.lstmLayer(true)))
        .filter(function -> asked(function.name()))
        .forEach(GraphTimesTest::print);
  }

  private static boolean asked(String name) {
    return List.of("all", name).contains(System.getProperty("graph.times"));
  }

  private static void print(GraphFunction function) {
    Map<String, INDArray> arrays = function.arrays(1);
    Memory memory = new Memory();
    Graph graph = new Graph("times", memory);
    Map<String, SDVariable> inputs = function.inputs(graph.operations(), DataType.FLOAT);
    arrays.forEach((input, array) -> graph.set(inputs.get(input), array));
    SDVariable y = function.definition().of(graph.operations(), inputs);
    Tape forward = graph.forward(y);
    forward.run();
    INDArray slope = Nd4j.rand(DataType.FLOAT, graph.value(y).shape());
    SDVariable dy = graph.input("dy", slope.shape());
    graph.set(dy, slope);
    Tape backward = graph.backwardFrom(dy, forward, y, varying(inputs));
    Runnable tape =
        () -> {
          forward.run();
          backward.run();
        };
    int operations = forward.operations().size() + backward.operations().size();
    System.out.printf(
        Locale.ROOT,
        "times %-34s %4d operations, tape and session %s%n",
        function.name(),
        operations,
        inTurn(tape, sessionStep(function, arrays, slope)));
    memory.close();
  }

  private static SDVariable[] varying(Map<String, SDVariable> inputs) {
    return inputs.values().stream()
        .filter(input -> GraphFunction.varies(input.name()))
        .toArray(SDVariable[]::new);
  }

  private static Runnable sessionStep(
      GraphFunction function, Map<String, INDArray> arrays, INDArray slope) {
    SameDiff graph = SameDiff.create();
    Map<String, SDVariable> inputs = function.inputs(graph, DataType.FLOAT);
    SDVariable y = function.definition().of(graph, inputs);
    SDVariable loss = y.mul(graph.constant(slope)).sum();
    List<String> varying = Stream.of(varying(inputs)).map(SDVariable::name).toList();
    graph.setLossVariables(loss.name());
    graph.createGradFunction(varying.toArray(new String[0]));
    return () -> graph.calculateGradientsAndOutputs(arrays, List.of(loss.name()), varying);
  }

  /** Beside layers and losses that are written by hand. */
  @Test
  void timesByHand() {
    layers("dense 512, 128 rows", List.of(new LayerSpec.Dense(512, true)), Shape.vector(512));
    layers("batch norm 64", List.of(new LayerSpec.BatchNorm()), Shape.map(64, 16, 16));
    LayerSpec convolution = new LayerSpec.Convolution(64, 3, 1, 1, false);
    layers("convolution 64", List.of(convolution), Shape.map(64, 16, 16));
    INDArray scores = Nd4j.rand(DataType.FLOAT, 128, 100);
    SoftmaxCrossEntropy crossEntropy =
        new SoftmaxCrossEntropy(100, new Memory(), new ExitSpec(Features.FLAT));
    int[] labels = new int[128];
    System.out.println(
        "times by hand: cross-entropy " + inTurn(() -> crossEntropy.evaluate(scores, labels)));
  }

  private static void layers(String name, List<LayerSpec> layers, Shape input) {
    BlockSpec block = LayerProbe.block(layers);
    BlockLayout layout = BlockLayout.of(block, Border.of(input), 10);
    Construction in =
        new Construction(
            new Memory(),
            Parameters.trained(
                layout.parameters(), layout.firstParameters(new SplittableRandom(1))),
            Parameters.kept(layout.statistics(), layout.firstStatistics()));
    Chain chain = Layers.of(block.modules(Border.of(input), 10).get(BlockSpec.LAYERS), in);
    INDArray x = random(input);
    INDArray dy = random(chain.output());
    Runnable step =
        () -> {
          chain.train(x);
          chain.backward(dy);
        };
    System.out.println("times by hand: " + name + " " + inTurn(step));
  }

  private static INDArray random(Shape shape) {
    return Nd4j.rand(DataType.FLOAT, NativeSignal.sizes(128, shape));
  }

  /** Resident memory and the Java heap, in MB, over many steps of PredSim's similarity. */
  @Test
  void memoryOfManySteps() {
    GraphFunction function =
        GraphFunctions.carried(true).stream()
            .filter(f -> f.name().equals("cosine similarity matrix"))
            .findFirst()
            .orElseThrow();
    Map<String, INDArray> arrays = function.arrays(1);
    GraphFunction.Running running = new GraphFunction.Running(function, arrays);
    memory("tape", running::run);
    memory("session", sessionStep(function, arrays, Nd4j.rand(DataType.FLOAT, 128, 128)));
  }

  private static void memory(String name, Runnable step) {
    for (int i = 0; i <= LONG; i++) {
      step.run();
      if (i == 500 || i % (LONG / 5) == 0) {
        long resident = Pointer.physicalBytes() >> 20;
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long heap = (runtime.totalMemory() - runtime.freeMemory()) >> 10;
        System.out.printf(
            "memory of %s after %d steps: %d MB resident, %d kB of heap%n",
            name, i, resident, heap);
      }
    }
  }

  /** Least and median times, in turn, so that what else the machine does falls on all. */
  private static String inTurn(Runnable... all) {
    double[][] times = new double[all.length][RUNS];
    for (int i = -WARM; i < RUNS; i++) {
      for (int k = 0; k < all.length; k++) {
        long start = System.nanoTime();
        try {
          all[k].run();
        } catch (RuntimeException e) {
          start = Long.MAX_VALUE; // it fails: no time
        }
        times[k][Math.max(0, i)] = (System.nanoTime() - start) / 1e6;
      }
    }
    StringBuilder text = new StringBuilder();
    for (double[] of : times) {
      Arrays.sort(of);
      String time = String.format(Locale.ROOT, "%.2f (%.2f) ms  ", of[0], of[RUNS / 2]);
      text.append(of[0] < 0 ? "fails  " : time);
    }
    return text.toString();
  }
}
