package io.blockwise.model.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.engine.Golden;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LazyAdamTest {
  private static final double CLOSE = 2e-6;
  private static final OptimiserSpec.Adam SPEC =
      new OptimiserSpec.Adam(0.05, 0.8, 0.95, 1e-6, 0, 0, new ScheduleSpec.Constant());

  @ParameterizedTest
  @ValueSource(doubles = {1, 0.5})
  void tableLearnsAsByPyTorchsSparseAdam(double rate) {
    JsonNode golden = Golden.open("lazy_adam").json();
    try (LazyAdam adam = new LazyAdam(SPEC, rate, 6, 3, new Memory())) {
      INDArray table = matrix(Golden.floats(golden.get("start")), 6);
      for (JsonNode step : golden.get("steps")) {
        int[] rows = Golden.ints(step.get("rows"));
        INDArray gradient = matrix(Golden.floats(step.get("gradient")), rows.length);
        adam.step(table, rows, gradient, Pace.of(0.05 / rate));
        assertThat(Golden.error(read(table), step.get("table"))).isLessThan(CLOSE);
      }
    }
  }

  @Test
  void rowsThatAreNotReadAndTheirMomentsStayBitForBit() {
    try (LazyAdam adam = new LazyAdam(SPEC, 1, 6, 3, new Memory())) {
      INDArray table =
          matrix(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 6);
      adam.step(table, new int[] {0, 1}, matrix(new float[] {1, 2, 3, 4, 5, 6}, 2), Pace.of(0.1));
      float[] before = read(table);
      float[] state = state(adam);
      adam.step(table, new int[] {1, 5}, matrix(new float[] {1, 2, 3, 4, 5, 6}, 2), Pace.of(0.1));
      assertThat(read(table)).startsWith(before[0], before[1], before[2]);
      assertThat(read(table)).containsSequence(7, 8, 9, 1, 2, 3, 4, 5, 6);
      assertThat(state(adam)).containsSequence(state[1], state[2], state[3]);
      assertThat(state(adam)[0]).isEqualTo(2);
      assertThat(read(table)[3]).isNotEqualTo(before[3]);
    }
  }

  @Test
  void tableLearnsByTheNoiseOfTheMeanAsOtherParametersDo() {
    Pace pace = new Pace(0.05, 0.25);
    float[] sample = {1, -2, 0.5f, 3, -0.1f, 0.2f};
    TensorTable table = new TensorTable(List.of(new TensorTable.Entry("w", List.of(2, 3), 0)));
    Parameters parameters = Parameters.trained(table, new float[6]);
    // what an epsilon is added to differs, which none of these is small enough to show
    try (LazyAdam lazy = new LazyAdam(SPEC, 1, 2, 3, new Memory());
        AdamOptimiser adam = new AdamOptimiser(SPEC, parameters)) {
      INDArray rows = matrix(new float[6], 2);
      for (int step = 0; step < 5; step++) {
        lazy.step(rows, new int[] {0, 1}, matrix(sample, 2), pace);
        Maths.write(sample, 0, parameters.gradients());
        adam.step(pace);
        sample[step] = -sample[step];
      }
      float[] expected = read(parameters.values());
      float[] found = read(rows);
      for (int i = 0; i < 6; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-6f));
      }
    }
  }

  private static float[] state(LazyAdam adam) {
    float[] state = new float[adam.length()];
    adam.read(state, 0);
    return state;
  }

  private static INDArray matrix(float[] values, int rows) {
    return Nd4j.createFromArray(values).reshape('c', rows, -1);
  }

  private static float[] read(INDArray array) {
    float[] values = new float[(int) array.length()];
    Maths.read(array, values, 0);
    return values;
  }
}
