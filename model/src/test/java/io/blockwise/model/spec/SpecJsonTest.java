package io.blockwise.model.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.IfAbsent;
import io.blockwise.base.Names;
import io.blockwise.model.spec.assembly.Method;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpecJsonTest {
  @ParameterizedTest
  @EnumSource(Method.class)
  void whatIsWrittenIsReadBack(Method method) throws IOException {
    NetworkSpec spec = Specs.small(method);
    assertThat(read(write(spec))).isEqualTo(spec);
  }

  @Test
  void everyKindOfLayerLossOptimiserAndScheduleIsReadBack() throws IOException {
    List<String> kinds = new ArrayList<>();
    // Each of the two makes a vector of a map, of which a network needs one only.
    for (LayerSpec last : List.of(new LayerSpec.Flatten(), new LayerSpec.GlobalAveragePool())) {
      NetworkSpec spec = oneOfEach(last);
      kinds.addAll(kindsIn(SpecJson.toTree(spec)));
      assertThat(read(write(spec))).isEqualTo(spec);
    }
    for (LayerSpec last :
        List.of(
            new TextLayers.TokenMean(),
            new TextLayers.FinalStates(TextLayers.FinalStates.Combined.SUM))) {
      NetworkSpec texts = ofTexts(last);
      kinds.addAll(kindsIn(SpecJson.toTree(texts)));
      assertThat(read(write(texts))).isEqualTo(texts);
    }
    assertThat(kinds)
        .containsAll(names(LayerSpec.class))
        .containsAll(names(OptimiserSpec.class))
        .containsAll(names(ScheduleSpec.class))
        .containsAll(names(LossSpec.class));
  }

  @Test
  void keysAreSnakeCaseAndNamesKebabCase() {
    JsonNode tree = SpecJson.toTree(Specs.small(Method.SCPL));
    assertThat(tree.get("input").toString()).isEqualTo("[3,32,32]");
    JsonNode block = tree.get("blocks").get(0);
    assertThat(block.get("layers").get(1).toString()).isEqualTo("{\"type\":\"batch-norm\"}");
    assertThat(block.get("loss").get("divisor").asText()).isEqualTo("khosla");
    assertThat(block.get("optimiser").get("learning_rate").asDouble()).isEqualTo(1e-3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"classes\" : 10' | '\"classes\" : 10, \"colour\" : 3' | component colour is unknown at colour",
        "'\"padding\" : 1,' | '' | padding",
        "'\"padding\" : 1,' | '\"padding\" : null,' | blocks/0/layers/0/padding",
        "'\"classes\" : 10' | '\"classes\" : \"10\"' | String",
        "'\"classes\" : 10' | '\"classes\" : 10.5' | Floating",
        "'\"classes\" : 10' | '\"classes\" : 10, \"classes\" : 11' | Duplicate",
        "'\"khosla\"' | '\"mean\"' | mean",
        "'\"khosla\"' | '0' | Divisor",
        "'\"khosla\"' | 'null' | divisor",
        "'\"max-pool\"' | '\"median-pool\"' | type median-pool is unknown at blocks/0/layers/6",
      })
  void anythingButASpecificationIsRefused(String from, String to, String reason) {
    String json = write(Specs.small(Method.SCPL));
    assertThat(json).contains(from);
    String changed = json.replace(from, to);
    assertThatThrownBy(() -> read(changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  /** A record that has gained two components since the first files were written. */
  private record Grown(
      int filters,
      @IfAbsent("1") int span,
      @IfAbsent("{\"type\": \"step\", \"at\": [0.5], \"decay\": 0.1}") ScheduleSpec schedule) {}

  @Test
  void componentThatCameLaterIsWhatItSaysWhereItIsAbsent() throws IOException {
    ScheduleSpec step = new ScheduleSpec.Step(List.of(0.5), 0.1);
    assertThat(grown("{\"filters\": 3}")).isEqualTo(new Grown(3, 1, step));
    assertThat(grown("{\"filters\": 3, \"span\": 2, \"schedule\": {\"type\": \"constant\"}}"))
        .isEqualTo(new Grown(3, 2, new ScheduleSpec.Constant()));
    assertThatThrownBy(() -> grown("{\"filters\": 3, \"span\": null}"))
        .hasMessageContaining("span");
    assertThatThrownBy(() -> grown("{\"span\": 2}")).hasMessageContaining("filters");
  }

  private static Grown grown(String json) throws IOException {
    return SpecJson.fromTree(SpecJson.parse(json.getBytes(UTF_8)), Grown.class);
  }

  /** As models of before hidden layers were a list, and exits had any, are written. */
  @Test
  void headsAndExitsOfOneWidthAreReadAsTheyWere() throws IOException {
    String json = write(Specs.small(Method.SCPL));
    String before =
        json.replaceAll("\"hidden\" : \\[ 128 \\]", "\"hidden\" : 128")
            .replaceAll("\"ahead\" : \\[ \\],", "")
            .replaceAll(",\\s*\"momentum\" : \\{[^}]*\\}", "")
            .replaceAll(",\\s*\"hidden\" : \\[ \\]", "");
    assertThat(before).contains("\"hidden\" : 128").doesNotContain("ahead", "[ ]");
    assertThat(read(before)).isEqualTo(Specs.small(Method.SCPL));
  }

  @Test
  void associatedLossesWithoutARateOfTheirInverseHaveTheBlocks() throws IOException {
    String json = write(Specs.small(Method.AL));
    String before = json.replaceAll(",\\s*\"inverse_rate\" : 1.0", "");
    assertThat(before).isNotEqualTo(json);
    assertThat(read(before)).isEqualTo(Specs.small(Method.AL));
    NetworkSpec twice = read(json.replace("\"inverse_rate\" : 1.0", "\"inverse_rate\" : 2.0"));
    assertThat(twice.blocks().get(0).loss().rates())
        .isEqualTo(Map.of("encoder", 2.0, "decoder", 2.0));
  }

  @Test
  void valueOutOfBoundsIsRefusedInTheRecordsWords() {
    String json = write(Specs.small(Method.SCPL));
    String changed = json.replace("\"filters\" : 8", "\"filters\" : 0");
    assertThatThrownBy(() -> read(changed))
        .hasMessage("Invalid convolution.filters: 0 (must be at least 1) at blocks/0/layers/0");
  }

  private static NetworkSpec oneOfEach(LayerSpec last) {
    ScheduleSpec cosine = new ScheduleSpec.Cosine(0.01);
    OptimiserSpec sgd = new OptimiserSpec.Sgd(0.1, 0.9, 5e-4, 0, cosine);
    OptimiserSpec adamW =
        new OptimiserSpec.AdamW(1e-3, 0.9, 0.95, 1e-8, 0.05, 0, new ScheduleSpec.Constant());
    OptimiserSpec lars =
        new OptimiserSpec.Lars(0.2, 0.9, 1e-3, 1e-4, 0, new ScheduleSpec.WarmUp(0.05, cosine));
    OptimiserSpec plain = new OptimiserSpec.Sgd(0.1, 0, 0, 0, new ScheduleSpec.Constant());
    List<LayerSpec> first =
        List.of(
            new LayerSpec.Convolution(4, 5, 2, 2, true),
            new LayerSpec.BatchNorm(),
            new LayerSpec.Relu(),
            new LayerSpec.Tanh(),
            new LayerSpec.Sigmoid(),
            new LayerSpec.Elu(0.5),
            new LayerSpec.LeakyRelu(0.2),
            new LayerSpec.Residual(List.of(new LayerSpec.BatchNorm()), List.of()),
            new LayerSpec.MaxPool(3, 2),
            new LayerSpec.AveragePool(2, 2),
            new LayerSpec.AdaptiveAveragePool(3));
    List<LayerSpec> second = List.of(last, new LayerSpec.Dense(7, false));
    ExitSpec exit = new ExitSpec(Features.POOLED);
    List<LayerSpec> relu = List.of(new LayerSpec.Relu());
    ExitSpec deep = new ExitSpec(relu, Features.GRID, relu);
    return new NetworkSpec(
        Specs.IMAGE,
        10,
        List.of(
            new BlockSpec(List.of(new LayerSpec.Relu()), Specs.AL, exit, plain),
            new BlockSpec(List.of(new LayerSpec.Relu()), Specs.DEINFOREG, exit, plain),
            new BlockSpec(first, Specs.SCPL, deep, sgd),
            new BlockSpec(
                second,
                new LossSpec.CrossEntropy(),
                exit,
                plain,
                2,
                Context.NONE,
                new Momentum(List.of(new LayerSpec.Relu()), 0.9),
                List.of()),
            new BlockSpec(List.of(new LayerSpec.Relu()), new LossSpec.CrossEntropy(), exit, adamW),
            new BlockSpec(List.of(new LayerSpec.Relu()), new LossSpec.CrossEntropy(), exit, lars),
            new BlockSpec(
                List.of(new LayerSpec.Relu()),
                new LossSpec.PredSim(0.99, Specs.HEAD),
                exit,
                Specs.OPTIMISER,
                1,
                Context.IMAGE,
                Momentum.NONE,
                List.of(
                    new SideInput(
                        "title",
                        Shape.tokens(7, 9),
                        SideInput.Join.ADD,
                        List.of(new TextLayers.Embedding(3, 0))),
                    new SideInput("numbers", Shape.vector(2), SideInput.Join.ADD, List.of())))));
  }

  /** A network with every layer of texts, and that at its end. */
  private static NetworkSpec ofTexts(LayerSpec last) {
    List<LayerSpec> layers =
        List.of(
            new TextLayers.Embedding(4, 0.5),
            new TextLayers.Positions(),
            new TextLayers.Attention(2, 0.1),
            new TextLayers.LayerNorm(),
            new TextLayers.Dropout(0.1),
            new TextLayers.Lstm(3, true),
            last);
    ExitSpec exit = new ExitSpec(Features.POOLED);
    LossSpec entropy = new LossSpec.CrossEntropy();
    OptimiserSpec adam =
        new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
    return new NetworkSpec(
        Shape.tokens(60, 100), 2, List.of(new BlockSpec(layers, entropy, exit, adam)));
  }

  private static String write(NetworkSpec spec) {
    return SpecJson.toTree(spec).toPrettyString();
  }

  private static NetworkSpec read(String json) throws IOException {
    return SpecJson.fromTree(SpecJson.parse(json.getBytes(UTF_8)), NetworkSpec.class);
  }

  private static List<String> kindsIn(JsonNode tree) {
    return tree.findValuesAsText("type");
  }

  private static List<String> names(Class<?> sealed) {
    return Arrays.stream(sealed.getPermittedSubclasses()).map(Names::of).toList();
  }
}
