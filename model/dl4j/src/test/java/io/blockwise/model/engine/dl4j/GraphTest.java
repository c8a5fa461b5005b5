package io.blockwise.model.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.Shape;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GraphTest {
  private static final double IN_FLOAT = 5e-6;
  private static final TensorTable NONE = new TensorTable(List.of());

  @Test
  void whatItCarriesHasTheValuesAndGradientsOfDoublePrecision() {
    for (GraphFunction function : GraphFunctions.carried(false)) {
      GraphFunction.Errors errors = function.check();
      System.out.printf(
          "graph %-34s value %.1e gradient %.1e%n",
          function.name(), errors.value(), errors.gradient());
      assertThat(errors.value()).as(function.name()).isLessThan(IN_FLOAT);
      assertThat(errors.gradient()).as(function.name()).isLessThan(IN_FLOAT);
    }
    assertThat(RefusedGraphFunctions.lstmLayer(false).check().gradient()).isLessThan(IN_FLOAT);
  }

  /** Whoever mends ND4J finds out here, and amends the decision record. */
  @Test
  void whatItCannotDoFailsInsteadOfBeingWrong() {
    for (GraphFunction function : RefusedGraphFunctions.all()) {
      assertThatThrownBy(function::check)
          .as(function.name())
          .isInstanceOf(RuntimeException.class)
          .satisfies(e -> System.out.printf("graph %-34s %s%n", function.name(), line(e)));
    }
  }

  private static String line(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  @Test
  void aLayerOfOperationsIsTheHandWrittenOne() {
    Parameters mine = parameters();
    Parameters its = parameters();
    Memory memory = new Memory();
    Layer graph = dense("graph", mine, memory);
    Layer byHand =
        new DenseLayer(
            "dense",
            Shape.vector(3),
            true,
            new Construction(memory, its, Parameters.kept(NONE, new float[0])));
    for (int rows : new int[] {6, 2, 9}) {
      INDArray x = random(rows, rows, 4);
      INDArray dy = random(rows + 50, rows, 3);
      assertClose(graph.infer(x), byHand.infer(x));
      assertClose(graph.train(x), byHand.train(x));
      assertClose(graph.backward(dy.dup()), byHand.backward(dy.dup()));
      assertClose(mine.gradients(), its.gradients());
    }
  }

  /** What a step of other rows in between leaves behind is not seen. */
  @Test
  void rowsMayChangeFromStepToStep() {
    Memory memory = new Memory();
    Parameters parameters = parameters();
    Layer layer = dense("graph", parameters, memory);
    INDArray x = random(1, 5, 4);
    INDArray dy = random(2, 5, 3);
    layer.train(x);
    INDArray first = layer.backward(dy).dup();
    INDArray gradients = parameters.gradients().dup();
    layer.infer(random(3, 40, 4));
    layer.train(random(4, 2, 4));
    layer.backward(random(5, 2, 3));
    layer.train(x);
    assertThat(layer.backward(dy)).isEqualTo(first);
    assertThat(parameters.gradients()).isEqualTo(gradients);
  }

  @Test
  void parametersAreReadWhereTheyLie() {
    Parameters parameters = parameters();
    Layer layer = dense("graph", parameters, new Memory());
    INDArray x = random(1, 5, 4);
    INDArray before = layer.infer(x).dup();
    parameters.values().muli(2);
    assertClose(layer.infer(x), before.mul(2));
  }

  @Test
  void aStepCreatesNoArray() {
    for (GraphFunction function : GraphFunctions.carried(false)) {
      GraphFunction.Running running = new GraphFunction.Running(function, function.arrays(1));
      running.run();
      INDArray first = running.gradient(running.varying().get(0));
      long before = Nd4j.scalar(0f).getId();
      for (int step = 0; step < 10; step++) {
        running.run();
      }
      assertThat(Nd4j.scalar(0f).getId() - before).as(function.name()).isEqualTo(1);
      assertThat(running.gradient(running.varying().get(0))).isSameAs(first);
    }
  }

  @Test
  void crossEntropyOfOperationsIsTheHandWrittenOne() {
    Memory memory = new Memory();
    Graph graph = new Graph("loss", memory);
    SDVariable scores = graph.input("scores", Shape.vector(3));
    SDVariable classes = graph.input("classes", -1, 3);
    SDVariable logarithms = graph.operations().nn().logSoftmax(scores);
    SDVariable loss = logarithms.mul(classes).sum(1).mean().neg();
    Tape forward = graph.forward(loss);
    Tape backward = graph.backward(forward, loss, scores);
    INDArray x = random(1, 4, 3);
    graph.set(scores, x);
    graph.set(
        classes, Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}}));
    forward.run();
    backward.run();
    SoftmaxCrossEntropy.Outcome expected =
        new SoftmaxCrossEntropy(3, memory, new ExitSpec(Features.FLAT))
            .evaluate(x, new int[] {0, 2, 1, 0});
    assertThat(graph.value(loss).getDouble(0)).isCloseTo(expected.loss(), within(1e-6));
    assertClose(graph.gradient(scores), expected.gradient());
  }

  @Test
  void theGradientOfAnInputThatIsTheResultIsACopyOfWhatIsGiven() {
    Layer identity =
        new GraphLayer("identity", Shape.vector(3), Shape.vector(3), new Memory(), (g, x) -> x);
    INDArray x = random(1, 2, 3);
    assertThat(identity.trains()).isFalse();
    assertThat(identity.train(x)).isSameAs(x);
    INDArray dy = random(2, 2, 3);
    assertThat(identity.backward(dy)).isEqualTo(dy).isNotSameAs(dy);
  }

  @Test
  void aResultThatDoesNotDependOnAParameterIsRefused() {
    Parameters parameters = parameters();
    assertThatThrownBy(
            () ->
                new GraphLayer(
                    "head",
                    Shape.vector(4),
                    Shape.vector(4),
                    new Memory(),
                    (graph, x) -> {
                      graph.parameter("weight", parameters.tensor("dense.weight"));
                      return x.mul(2);
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot differentiate head: its result does not depend on weight");
  }

  @Test
  void branchesAreRefused() {
    Graph graph = new Graph("head", new Memory());
    SDVariable x = graph.input("x", 2, 2);
    SDVariable[] branches = graph.operations().switchOp(x, graph.operations().constant(true));
    assertThatThrownBy(() -> graph.forward(branches[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot run head: switch is no plain operation");
  }

  @Test
  void reductionsOverAnAxisFromBehindAreRefused() {
    Graph graph = new Graph("head", new Memory());
    SDVariable mean = graph.input("x", 2, 2).mean(true, -1);
    assertThatThrownBy(() -> graph.forward(mean))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot run head: reduce_mean counts an axis from behind, of which ND4J makes something else"
                + " (count from 0)");
  }

  @Test
  void anInputThatWasNotSetIsNamed() {
    Graph graph = new Graph("head", new Memory());
    SDVariable y = graph.input("x", 2, 2).mul(2);
    assertThatThrownBy(() -> graph.forward(y).run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot run head: x has no value (set it before)");
  }

  /** SameDiff's own way to the gradients prints a line per operation. */
  @Test
  void nothingIsPrinted() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      GraphFunction function = GraphFunctions.carried(false).get(1);
      new GraphFunction.Running(function, function.arrays(1)).run();
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  private static Layer dense(String name, Parameters parameters, Memory memory) {
    return new GraphLayer(
        name,
        Shape.vector(4),
        Shape.vector(3),
        memory,
        (graph, x) -> {
          SDVariable weight = graph.parameter("weight", parameters.tensor("dense.weight"));
          SDVariable bias = graph.parameter("bias", parameters.tensor("dense.bias"));
          return graph.operations().mmul(x, weight, false, true, false).add(bias);
        });
  }

  /** A tensor in front, so that the others do not start where the vector does. */
  private static Parameters parameters() {
    TensorTable table =
        new TensorTable(
            List.of(
                new TensorTable.Entry("front", List.of(5), 0),
                new TensorTable.Entry("dense.weight", List.of(3, 4), 5),
                new TensorTable.Entry("dense.bias", List.of(3), 17)));
    return Parameters.trained(table, random(7, 1, 20).dup('c').data().asFloat());
  }

  private static INDArray random(long seed, long rows, long columns) {
    SplittableRandom random = new SplittableRandom(seed);
    INDArray array = Nd4j.create(DataType.FLOAT, rows, columns);
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, random.nextDouble(-1, 1));
    }
    return array;
  }

  private static void assertClose(INDArray found, INDArray expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    double apart = found.sub(expected).amaxNumber().doubleValue();
    assertThat(apart / expected.amaxNumber().doubleValue()).isLessThan(1e-6);
  }
}
