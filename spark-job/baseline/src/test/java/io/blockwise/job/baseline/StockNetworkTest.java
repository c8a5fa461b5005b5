package io.blockwise.job.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.UserException;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.engine.dl4j.Dl4jEngine;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A translated network is the same function as Blockwise's own, and learns the same from a batch.
 */
class StockNetworkTest {
  private static final Shape.FeatureMap INPUT = Shape.map(3, 8, 8);
  private static final int CLASSES = 4;
  private static final int ROWS = 6;
  private static final double RATE = 0.1;

  static Stream<NetworkSpec> networks() {
    List<LayerSpec> everyLayer =
        List.of(
            new LayerSpec.Convolution(4, 3, 2, 1, true),
            new LayerSpec.BatchNorm(),
            new LayerSpec.Relu(),
            new LayerSpec.AveragePool(2, 1),
            new LayerSpec.Tanh(),
            new LayerSpec.Elu(0.7),
            new LayerSpec.Flatten(),
            new LayerSpec.Dense(7, false),
            new LayerSpec.BatchNorm(),
            new LayerSpec.LeakyRelu(0.3),
            new LayerSpec.Sigmoid(),
            new LayerSpec.Dense(5, true),
            new LayerSpec.Relu());
    List<LayerSpec> endsWithAMap =
        List.of(new LayerSpec.Convolution(4, 3, 1, 1, false), new LayerSpec.MaxPool(3, 2));
    return Stream.of(
        network(Method.BP, Features.POOLED, new Backbone.VggSmall(4).blocks()),
        network(Method.BP, Features.FLAT, new Backbone.Mlp(List.of(9, 8)).blocks()),
        network(Method.BP, Features.POOLED, List.of(everyLayer)),
        network(Method.BP, Features.FLAT, List.of(endsWithAMap)),
        network(Method.BP, Features.GRID, List.of(convolution())));
  }

  private static List<LayerSpec> convolution() {
    return List.of(new LayerSpec.Convolution(4, 3, 1, 1, true));
  }

  @Test
  void windowsThatOverlapAreRefused() {
    List<LayerSpec> sevenBySeven = List.of(new LayerSpec.Convolution(4, 2, 1, 0, true));
    NetworkSpec spec = network(Method.BP, Features.GRID, List.of(sevenBySeven));
    assertThatThrownBy(() -> StockNetwork.of(spec, new Sgd(RATE), 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with baseline dl4j-spark: DL4J has no pooling of a map [4, 7, 7]"
                + " to [4, 4, 4], whose windows overlap (set exit.features = pooled)");
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sameParametersGiveTheSameScoresBeforeAndAfterAStep(NetworkSpec spec) {
    MultiLayerNetwork stock = StockNetwork.of(spec, new Sgd(RATE), 1);
    try (DecoupledNetwork own = new DecoupledNetwork(new Dl4jEngine(), spec, 1)) {
      Block block = own.blocks().get(0);
      copy(block, stock);
      Batch batch = batch();
      assertThat(StockNetwork.parameters(stock)).isEqualTo(block.parameters().length());
      assertSameAnswers(stock, own, batch);

      own.step(batch, k -> RATE);
      stock.fit(new DataSet(inputs(batch), labels(batch)));
      assertSameParameters(stock, block);
    }
  }

  @Test
  void vggSmallHasAsManyParametersAsOurs() {
    NetworkSpec spec =
        Method.BP.network(
            Shape.map(3, 32, 32), 10, new Backbone.VggSmall(32).blocks(), parts(Features.POOLED));
    try (DecoupledNetwork own = new DecoupledNetwork(new Dl4jEngine(), spec, 1)) {
      assertThat(StockNetwork.parameters(StockNetwork.of(spec, new Sgd(RATE), 1)))
          .isEqualTo(own.blocks().get(0).parameters().length());
    }
  }

  @Test
  void networkOfSeveralBlocksIsRefused() {
    NetworkSpec spec = network(Method.PRED, Features.POOLED, new Backbone.VggSmall(2).blocks());
    assertThatThrownBy(() -> StockNetwork.of(spec, new Sgd(RATE), 1))
        .hasMessage("Invalid network: 3 blocks (must be one, as of method bp)");
  }

  @Test
  void layerThatDl4jHasNoFormOfIsRefused() {
    List<LayerSpec> layers =
        List.of(new LayerSpec.Residual(List.of(new LayerSpec.Relu()), List.of()));
    NetworkSpec spec = network(Method.BP, Features.POOLED, List.of(layers));
    assertThatThrownBy(() -> StockNetwork.of(spec, new Sgd(RATE), 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train the network by training.baseline: it has a layer residual (use"
                + " another network, or training.baseline = none)");
  }

  private static NetworkSpec network(
      Method method, Features features, List<List<LayerSpec>> blocks) {
    return method.network(INPUT, CLASSES, blocks, parts(features));
  }

  private static Method.Parts parts(Features features) {
    return new Method.Parts(
        new LossSpec.CrossEntropy(),
        new ExitSpec(features),
        new OptimiserSpec.Sgd(RATE, 0, 0, 0, new ScheduleSpec.Constant()));
  }

  /** Both hold their tensors in the order of the layers. */
  private static void copy(Block from, MultiLayerNetwork to) {
    float[] values = values(from);
    int next = 0;
    for (Layer layer : to.getLayers()) {
      for (String name : trainable(layer)) {
        TensorTable.Entry entry = from.parameters().entries().get(next++);
        layer.getParam(name).assign(tensor(entry, values, layer.getParam(name)));
      }
    }
    assertThat(next).isEqualTo(from.parameters().entries().size());
  }

  private static void assertSameParameters(MultiLayerNetwork stock, Block block) {
    float[] values = values(block);
    int next = 0;
    for (Layer layer : stock.getLayers()) {
      for (String name : trainable(layer)) {
        TensorTable.Entry entry = block.parameters().entries().get(next++);
        INDArray found = layer.getParam(name);
        double error = found.sub(tensor(entry, values, found)).amaxNumber().doubleValue();
        assertThat(error).as(entry.name()).isLessThan(1e-4);
      }
    }
  }

  private static List<String> trainable(Layer layer) {
    Map<String, INDArray> parameters = layer.paramTable();
    return Stream.of("W", "b", "gamma", "beta").filter(parameters::containsKey).toList();
  }

  /** One tensor of ours in the form of DL4J's: a dense layer's weights lie the other way round. */
  private static INDArray tensor(TensorTable.Entry entry, float[] values, INDArray like) {
    float[] own = Arrays.copyOfRange(values, entry.offset(), entry.offset() + entry.length());
    long[] shape = entry.shape().stream().mapToLong(Integer::longValue).toArray();
    INDArray tensor = Nd4j.create(own, shape);
    return shape.length == 2 ? tensor.transpose() : tensor.reshape(like.shape());
  }

  private static float[] values(Block block) {
    float[] values = new float[block.length(StateKind.PARAMETERS)];
    block.read(StateKind.PARAMETERS, values);
    return values;
  }

  private static void assertSameAnswers(
      MultiLayerNetwork stock, DecoupledNetwork own, Batch batch) {
    float[] scores = own.scores(batch).get(0);
    INDArray answers = stock.output(inputs(batch));
    for (int row = 0; row < ROWS; row++) {
      double[] expected = softmax(scores, row);
      for (int c = 0; c < CLASSES; c++) {
        assertThat(answers.getDouble(row, c)).isCloseTo(expected[c], within(1e-5));
      }
    }
  }

  private static double[] softmax(float[] scores, int row) {
    double[] e = new double[CLASSES];
    Arrays.setAll(e, c -> Math.exp(scores[row * CLASSES + c]));
    double sum = Arrays.stream(e).sum();
    return Arrays.stream(e).map(value -> value / sum).toArray();
  }

  private static Batch batch() {
    Random random = new Random(3);
    Batch batch = new Batch(INPUT, ROWS);
    for (int i = 0; i < batch.inputs().length; i++) {
      batch.inputs()[i] = (float) random.nextGaussian();
    }
    Arrays.setAll(batch.labels(), row -> row % CLASSES);
    batch.rows(ROWS);
    return batch;
  }

  private static INDArray inputs(Batch batch) {
    return Nd4j.create(batch.inputs(), ROWS, INPUT.channels(), INPUT.height(), INPUT.width());
  }

  private static INDArray labels(Batch batch) {
    INDArray labels = Nd4j.zeros(ROWS, CLASSES);
    for (int row = 0; row < ROWS; row++) {
      labels.putScalar(row, batch.labels()[row], 1);
    }
    return labels;
  }
}
