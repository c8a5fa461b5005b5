package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Attention;
import io.blockwise.model.spec.TextLayers.LayerNorm;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of texts of every engine beside PyTorch's; a subclass per engine runs the whole suite. */
public abstract class TextLayersContract {
  private static final double CLOSE = 2e-6;

  /** Looks inside the engine. */
  protected abstract LayerProbe probe();

  @ParameterizedTest
  @ValueSource(booleans = {true, false}) // packed, and padded
  void lstmMatchesPyTorchsOnPackedSequencesForwardAndBackward(boolean carry) {
    assertMatches(
        "bilstm_packed",
        List.of(new Lstm(3, carry)),
        name -> "layers.0." + name.replace("_l0", ""));
  }

  @Test
  void encoderLayerMatchesPyTorchsWithMaskForwardAndBackward() {
    List<LayerSpec> halves =
        List.of(
            new LayerSpec.Residual(List.of(new LayerNorm(), new Attention(2, 0)), List.of()),
            new LayerSpec.Residual(
                List.of(
                    new LayerNorm(),
                    new LayerSpec.Dense(16, true),
                    new LayerSpec.Relu(),
                    new LayerSpec.Dense(8, true)),
                List.of()));
    Map<String, String> parts =
        Map.of(
            "n1", "layers.0.body.0.",
            "att", "layers.0.body.1.",
            "n2", "layers.1.body.0.",
            "ff1", "layers.1.body.1.",
            "ff2", "layers.1.body.3.");
    assertMatches(
        "transformer_prenorm_masked",
        halves,
        name -> {
          int dot = name.indexOf('.');
          String tensor = name.substring(dot + 1).replace("in_proj_", "in_");
          return parts.get(name.substring(0, dot)) + tensor.replace("out_proj.", "out_");
        });
  }

  private void assertMatches(String file, List<LayerSpec> layers, UnaryOperator<String> names) {
    JsonNode golden = Golden.open(file).json();
    JsonNode sizes = golden.get("x").get("shape");
    Map<String, float[]> given = new HashMap<>();
    golden
        .get("params")
        .properties()
        .forEach(p -> given.put(names.apply(p.getKey()), Golden.floats(p.getValue())));
    LayerProbe.LayerRun run =
        probe()
            .texts(
                layers,
                Shape.sequence(sizes.get(1).asInt(), sizes.get(2).asInt()),
                Golden.ints(golden.get("lengths")),
                Golden.floats(golden.get("x")),
                Golden.floats(golden.get("dout")),
                given);
    double worst = Golden.error(LayerProbe.array(run.out()), golden.get("out"));
    worst = Math.max(worst, Golden.error(LayerProbe.array(run.dx()), golden.get("dx")));
    assertThat(run.gradients()).hasSize(golden.get("dparams").size());
    for (Map.Entry<String, JsonNode> expected : golden.get("dparams").properties()) {
      float[] found = run.gradients().get(names.apply(expected.getKey()));
      double error = Golden.error(found, expected.getValue());
      assertThat(error).as(expected.getKey()).isLessThan(CLOSE);
      worst = Math.max(worst, error);
    }
    System.out.printf("golden %s largest error %.1e%n", file, worst);
    assertThat(worst).isLessThan(CLOSE);
  }
}
