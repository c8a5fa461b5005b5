package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Golden;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.engine.TokenField;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Attention;
import io.blockwise.model.spec.TextLayers.LayerNorm;
import io.blockwise.model.spec.TextLayers.Lstm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextLayersTest {
  private static final double CLOSE = 2e-6;
  private static final Host HOST = host();

  private static Host host() {
    Library.load();
    return new Host(TestDevice.chosen());
  }

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

  private static void assertMatches(
      String file, List<LayerSpec> layers, UnaryOperator<String> names) {
    JsonNode golden = Golden.open(file).json();
    JsonNode sizes = golden.get("x").get("shape");
    long rows = sizes.get(0).asLong();
    int positions = sizes.get(1).asInt();
    int width = sizes.get(2).asInt();
    Map<String, float[]> given = new HashMap<>();
    golden.get("params").properties().forEach(p -> given.put(names.apply(p.getKey()), values(p)));
    Border border = Border.of(Shape.sequence(positions, width));
    BlockSpec block = LayerProbe.block(layers);
    BlockLayout layout = BlockLayout.of(block, border, 2);
    FlatState parameters =
        new FlatState(
            StateKind.PARAMETERS,
            layout.parameters(),
            LayerProbe.vector(layout.parameters(), given),
            HOST);
    Texts texts = texts(Golden.ints(golden.get("lengths")));
    Tensor leaf = parameters.values().detach().requires_grad_(true);
    Tensor in = tensor(golden.get("x"), rows, positions, width).requires_grad_(true);
    Pass pass =
        new Pass(
            parameters.layout().tensors(leaf),
            Map.of(),
            true,
            new Beside(Optional.of(texts), Optional.empty(), new Beside.States()));
    Tensor all = Layers.of(block.modules(border, 2).get(BlockSpec.LAYERS)).forward(in, pass);
    Tensor out = all.mul(texts.mask().view(rows, positions, 1));
    TensorVector gradients =
        torch.grad(
            new TensorVector(out),
            new TensorVector(in, leaf),
            new TensorVector(tensor(golden.get("dout"), rows, positions, out.size(2))),
            new BoolOptional(),
            false,
            false);
    double worst = Golden.error(read(out), golden.get("out"));
    worst = Math.max(worst, Golden.error(read(gradients.get(0)), golden.get("dx")));
    float[] gathered = new float[parameters.length()];
    parameters.layout().read(gradients.get(1), gathered, 0);
    Map<String, float[]> found = LayerProbe.layers(layout.parameters(), gathered);
    assertThat(found).hasSize(golden.get("dparams").size());
    for (Map.Entry<String, JsonNode> expected : golden.get("dparams").properties()) {
      double error = Golden.error(found.get(names.apply(expected.getKey())), expected.getValue());
      assertThat(error).as(expected.getKey()).isLessThan(CLOSE);
      worst = Math.max(worst, error);
    }
    System.out.printf("golden %s largest error %.1e%n", file, worst);
    assertThat(worst).isLessThan(CLOSE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5})
  void tableLearnsAsByPyTorchsSparseAdam(double rate) {
    JsonNode golden = Golden.open("lazy_adam").json();
    OptimiserSpec.Adam spec =
        new OptimiserSpec.Adam(0.05, 0.8, 0.95, 1e-6, 0, 0, new ScheduleSpec.Constant());
    try (LazyAdam adam = new LazyAdam(spec, rate, 6, 3, HOST)) {
      Tensor table = tensor(golden.get("start"), 6, 3);
      for (JsonNode step : golden.get("steps")) {
        int[] rows = Golden.ints(step.get("rows"));
        Tensor gradient = tensor(step.get("gradient"), rows.length, 3);
        adam.step(table, HOST.labels(rows), gradient, Pace.of(0.05 / rate), taken(true));
        assertThat(Golden.error(read(table), step.get("table"))).isLessThan(CLOSE);
      }
    }
  }

  @Test
  void skippedStepChangesNeitherTableNorMoments() {
    OptimiserSpec.Adam spec =
        new OptimiserSpec.Adam(0.05, 0.8, 0.95, 1e-6, 0, 0, new ScheduleSpec.Constant());
    try (LazyAdam adam = new LazyAdam(spec, 1, 6, 3, HOST)) {
      Tensor table = HOST.tensor(new float[18], 18, 6, 3);
      Tensor gradient = HOST.tensor(new float[] {1, Float.NaN, 2, 3, 4, 5}, 6, 2, 3);
      adam.step(table, HOST.labels(new int[] {1, 4}), gradient, Pace.of(1), taken(false));
      assertThat(read(table)).containsOnly(0);
      float[] state = new float[adam.length()];
      adam.read(state, 0);
      assertThat(state).containsOnly(0);
    }
  }

  @Test
  void tableLearnsByTheNoiseOfTheMeanAsOtherParametersDo() {
    OptimiserSpec.Adam spec =
        new OptimiserSpec.Adam(0.05, 0.8, 0.95, 1e-6, 0, 0, new ScheduleSpec.Constant());
    Pace pace = new Pace(0.05, 0.25);
    float[] sample = {1, -2, 0.5f, 3, -0.1f, 0.2f};
    BlockLayout layout =
        BlockLayout.of(
            LayerProbe.block(List.of(new LayerSpec.Dense(2, false))),
            Border.of(Shape.vector(3)),
            2);
    AlignedTable whole = new AlignedTable(layout.parameters());
    try (LazyAdam lazy = new LazyAdam(spec, 1, 2, 3, HOST);
        AdamOptimiser adam = new AdamOptimiser(spec, whole, HOST)) {
      Tensor table = HOST.tensor(new float[6], 6, 2, 3);
      Tensor vector = HOST.tensor(new float[whole.length()], whole.length(), whole.length());
      for (int step = 0; step < 5; step++) {
        float[] spread = Arrays.copyOf(sample, whole.length());
        Tensor gradient = HOST.tensor(sample, 6, 2, 3);
        lazy.step(table, HOST.labels(new int[] {0, 1}), gradient, pace, taken(true));
        adam.step(vector, HOST.tensor(spread, spread.length, spread.length), pace, taken(true));
        sample[step] = -sample[step];
      }
      float[] expected = Arrays.copyOf(read(vector), 6);
      float[] found = read(table);
      for (int i = 0; i < 6; i++) {
        assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6f));
      }
    }
  }

  private static Guard taken(boolean taken) {
    Tensor flag = HOST.tensor(new float[] {taken ? 1 : 0}, 1, new long[0]);
    org.bytedeco.pytorch.Scalar half = new org.bytedeco.pytorch.Scalar(0.5);
    return new Guard(flag.gt(half), flag.lt(half).to(torch.ScalarType.Float), Optional.empty());
  }

  private static Texts texts(int... lengths) {
    TokenField field = new TokenField(lengths.length);
    for (int row = 0; row < lengths.length; row++) {
      int[] ids = new int[lengths[row]];
      Arrays.fill(ids, 1);
      field.set(row, ids);
    }
    return new Texts(HOST, field, lengths.length);
  }

  private static float[] values(Map.Entry<String, JsonNode> tensor) {
    return Golden.floats(tensor.getValue());
  }

  private static Tensor tensor(JsonNode values, long... shape) {
    float[] floats = Golden.floats(values);
    return HOST.tensor(floats, floats.length, shape);
  }

  private static float[] read(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.numel())];
    Host.read(tensor, values, 0);
    return values;
  }
}
