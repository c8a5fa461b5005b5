package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Golden;
import io.blockwise.model.engine.LayerProbe;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LazyAdamTest {
  private static final double CLOSE = 2e-6;
  private static final Host HOST = host();

  private static Host host() {
    Library.load();
    return new Host(TestDevice.chosen());
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
