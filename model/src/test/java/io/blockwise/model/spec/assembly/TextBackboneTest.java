package io.blockwise.model.spec.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Embedding;
import io.blockwise.model.spec.cut.Units;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextBackboneTest {
  private static final Shape INPUT = Shape.tokens(40, 1000);
  private static final Embedding EMBEDDING = new Embedding(12, 1);

  @Test
  void embeddingIsABlockAndSoIsEachLayer() {
    Backbone linear = new TextBackbone.Linear(EMBEDDING, List.of(9, 7));
    Backbone lstm = new TextBackbone.Lstm(EMBEDDING, 5, 2, false);
    Backbone transformer = new TextBackbone.Transformer(EMBEDDING, 3, 8, 2, 0.1, true);
    assertThat(shapes(linear)).containsExactly("[12]", "[9]", "[7]");
    assertThat(shapes(lstm)).containsExactly("[40, 12]", "[40, 10]", "[40, 10]");
    assertThat(shapes(transformer)).containsExactly("[40, 12]", "[40, 12]", "[40, 12]");
  }

  private static List<String> shapes(Backbone backbone) {
    return network(backbone, Features.POOLED).borders().stream()
        .skip(1)
        .map(Border::activation)
        .map(Shape::toString)
        .toList();
  }

  @Test
  void exitsReadAsManyValuesAsTheirFeaturesHave() {
    Backbone lstm = new TextBackbone.Lstm(EMBEDDING, 5, 1, false);
    for (Features pooled : List.of(Features.POOLED, Features.SUMMED, Features.GRID)) {
      assertThat(exits(lstm, pooled)).containsExactly(12, 5);
    }
  }

  @Test
  void allValuesOfTextsThatDifferInLengthAreNotReadButFinalStatesAre() {
    Backbone lstm = new TextBackbone.Lstm(EMBEDDING, 5, 1, false);
    assertThatThrownBy(() -> network(lstm, Features.FLAT))
        .hasMessageContaining(
            "Invalid features: flat (must be pooled for [40, 12], as texts differ in length)");
    NetworkSpec joined = network(Method.BP, lstm, Features.FLAT);
    assertThat(widths(joined)).containsExactly(10);
  }

  @Test
  void similarityIsThatOfFeatures() {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    Backbone lstm = new TextBackbone.Lstm(EMBEDDING, 5, 1, false);
    Method.Parts parts =
        new Method.Parts(
            new LossSpec.PredSim(0.99, head), new ExitSpec(Features.POOLED), optimiser());
    NetworkSpec network = Method.PREDSIM.network(INPUT, 2, lstm.blocks(), parts);
    assertThat(network.blocks().get(1).modules(network.borders().get(1), 2).get("head").output())
        .isEqualTo(Shape.vector(5));
  }

  @Test
  void networkIsCutBetweenLayers() {
    Backbone transformer = new TextBackbone.Transformer(EMBEDDING, 3, 8, 2, 0.1, false);
    List<List<LayerSpec>> units =
        Units.of(transformer.blocks().stream().flatMap(List::stream).toList());
    assertThat(units).hasSize(5); // an encoder layer is two residual ones
    assertThat(units.stream().mapToInt(List::size).sum()).isEqualTo(7);
  }

  private static List<Integer> exits(Backbone backbone, Features features) {
    return widths(network(backbone, features));
  }

  private static List<Integer> widths(NetworkSpec network) {
    return IntStream.range(0, network.blocks().size())
        .mapToObj(k -> network.blocks().get(k).modules(network.borders().get(k), 2).get("exit"))
        .map(exit -> exit.tensors().get(0).shape().get(1))
        .toList();
  }

  private static NetworkSpec network(Backbone backbone, Features features) {
    return network(Method.PRED, backbone, features);
  }

  private static NetworkSpec network(Method method, Backbone backbone, Features features) {
    Method.Parts parts =
        new Method.Parts(new LossSpec.CrossEntropy(), new ExitSpec(features), optimiser());
    return method.network(INPUT, 2, backbone.blocks(), parts);
  }

  private static OptimiserSpec optimiser() {
    return new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
  }
}
