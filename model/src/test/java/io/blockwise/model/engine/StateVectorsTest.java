package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StateVectorsTest {
  private final float[] values = {1, 2};
  private final StateVectors state = new StateVectors(of(values));

  private static StateVectors.Vector of(float[] values) {
    return new StateVectors.Vector() {
      @Override
      public StateKind kind() {
        return StateKind.PARAMETERS;
      }

      @Override
      public int length() {
        return values.length;
      }

      @Override
      public void read(float[] into) {
        System.arraycopy(values, 0, into, 0, values.length);
      }

      @Override
      public void adopt(float[] from) {
        System.arraycopy(from, 0, values, 0, values.length);
      }
    };
  }

  @Test
  void everyKindCanBeReadAndAdoptedWhetherAnEngineHasItOrNot() {
    for (StateKind kind : StateKind.values()) {
      float[] vector = new float[state.length(kind)];
      state.read(kind, vector);
      assertThat(vector).hasSize(kind == StateKind.PARAMETERS ? 2 : 0);
      state.adopt(kind, vector);
    }
    state.adopt(StateKind.PARAMETERS, new float[] {3, 4});
    assertThat(values).containsExactly(3, 4);
  }

  @Test
  void vectorsOfOtherLengthsAreRefused() {
    assertThatThrownBy(() -> state.read(StateKind.PARAMETERS, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid length of PARAMETERS: 3 (must be 2)");
    assertThatThrownBy(() -> state.adopt(StateKind.OPTIMISER, new float[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid length of OPTIMISER: 1 (must be 0)");
  }
}
