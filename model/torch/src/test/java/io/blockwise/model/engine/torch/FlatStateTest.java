package io.blockwise.model.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.engine.TestDevice;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class FlatStateTest {
  private static final long BYTES = 256;
  private static final List<OptimiserSpec> OPTIMISERS =
      List.of(
          new OptimiserSpec.Adam(0.1, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant()),
          new OptimiserSpec.AdamW(0.1, 0.9, 0.999, 1e-8, 0.1, 0, new ScheduleSpec.Constant()),
          new OptimiserSpec.Lars(0.1, 0.9, 0.05, 0.1, 0, new ScheduleSpec.Constant()),
          new OptimiserSpec.Sgd(0.1, 0.9, 0, 0, new ScheduleSpec.Constant()),
          new OptimiserSpec.Sgd(0.1, 0, 0, 0, new ScheduleSpec.Constant()));

  private final Host host = host();

  private static Host host() {
    Library.load();
    return new Host(TestDevice.chosen());
  }

  @Test
  void everyTensorStartsAtAMultipleOf256BytesWhateverTheWidths() {
    for (List<LayerSpec> layers : SmallBlocks.oddLayers()) {
      BlockLayout layout = BlockLayout.of(SmallBlocks.clipped(layers), SmallBlocks.BORDER, 3);
      float[] first = layout.firstParameters(new SplittableRandom(1));
      try (FlatState state =
          new FlatState(StateKind.PARAMETERS, layout.parameters(), first, host)) {
        assertAligned(state, state.tensors());
        Scope.run(() -> assertAligned(state, state.layout().tensors(state.values())));
      }
    }
  }

  private static void assertAligned(FlatState state, Map<String, Tensor> tensors) {
    long start = state.values().data_ptr().address();
    assertThat(start % 16).isZero();
    for (TensorTable.Entry entry : state.table().entries()) {
      Tensor tensor = tensors.get(entry.name());
      assertThat((tensor.data_ptr().address() - start) % BYTES).as(entry.name()).isZero();
      assertThat(tensor.numel()).isEqualTo(entry.length());
    }
  }

  @Test
  void whatIsReadIsWhatWasAdoptedWithoutGaps() {
    float[] values = numbers(1);
    try (FlatState state =
        new FlatState(StateKind.PARAMETERS, table(), new float[values.length], host)) {
      state.adopt(values);
      assertThat(state.length()).isEqualTo(values.length);
      float[] read = new float[values.length];
      state.read(read);
      assertThat(read).containsExactly(values);
    }
  }

  @Test
  void optimisersKeepGapsAtZeroAndTheirStateWithoutGaps() {
    for (OptimiserSpec spec : OPTIMISERS) {
      float[] first = numbers(1);
      try (FlatState state = new FlatState(StateKind.PARAMETERS, table(), first, host);
          FlatState gradient = new FlatState(StateKind.PARAMETERS, table(), numbers(2), host);
          Optimiser optimiser = Optimiser.of(spec, state.layout(), host)) {
        for (int step = 0; step < 3; step++) {
          host.run(
              () ->
                  optimiser.step(
                      state.values(),
                      gradient.values().clone(),
                      Pace.of(0.1),
                      new Guard(host.zero().eq(host.zero()), host.zero(), Optional.empty())));
        }
        assertThat(gaps(state)).containsOnly(0);
        float[] moved = new float[first.length];
        state.read(moved);
        for (int i = 0; i < first.length; i++) {
          assertThat(moved[i]).isNotEqualTo(first[i]);
        }
        float[] kept = new float[optimiser.length()];
        optimiser.read(kept);
        optimiser.adopt(kept);
        float[] again = new float[kept.length];
        optimiser.read(again);
        assertThat(again).containsExactly(kept);
      }
    }
  }

  private static float[] gaps(FlatState state) {
    float[] all = new float[state.layout().length()];
    Host.read(state.values(), all, 0);
    float[] gaps = all.clone();
    int used = 0;
    for (int i = 0; i < state.table().entries().size(); i++) {
      int length = state.table().entries().get(i).length();
      used += length;
      java.util.Arrays.fill(gaps, state.layout().offset(i), state.layout().offset(i) + length, 0);
    }
    assertThat(used).isLessThan(all.length);
    return gaps;
  }

  private static TensorTable table() {
    return new TensorTable(
        List.of(
            new TensorTable.Entry("a", List.of(3, 5), 0),
            new TensorTable.Entry("b", List.of(64), 15),
            new TensorTable.Entry("c", List.of(1), 79),
            new TensorTable.Entry("d", List.of(2, 3, 3, 5), 80)));
  }

  private static float[] numbers(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[170];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextDouble(0.1, 1);
    }
    return numbers;
  }
}
