package io.blockwise.model.artifact;

import static io.blockwise.model.artifact.Samples.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.States;
import io.blockwise.testing.RandomSeed;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoredBlockTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private final StoredBlock state = Samples.block(SEED.random(), 3);

  @Test
  void fileKeepsParametersApartFromStatistics() {
    assertThat(StoredBlock.from("f", state.toSafetensors())).isEqualTo(state);
  }

  @Test
  void blockWithoutStatisticsComesBack() {
    StoredBlock plain = new StoredBlock(state.parameters(), state.statistics().range(0, 0));
    assertThat(StoredBlock.from("f", plain.toSafetensors())).isEqualTo(plain);
  }

  @Test
  void fileOfAnotherProgramIsRefused() {
    for (Map<String, String> metadata :
        List.of(
            Map.<String, String>of(),
            Map.of("parameter_tensors", "7"),
            Map.of("parameter_tensors", "-1"))) {
      Safetensors foreign = new Safetensors(metadata, state.toSafetensors().tensors());
      assertThatThrownBy(() -> StoredBlock.from("f", foreign))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot read f: its metadata names");
    }
  }

  @Test
  void blockTakesTheStateOver() {
    HeldBlock block = new HeldBlock(Samples.block(SEED.random(1), 3));
    state.adoptInto(block);
    assertThat(States.read(block, StateKind.PARAMETERS))
        .containsExactly(state.parameters().toArray());
    assertThat(States.read(block, StateKind.STATISTICS))
        .containsExactly(state.statistics().toArray());
  }

  @Test
  void blockWithOtherTensorsIsRefused() {
    HeldBlock wider = new HeldBlock(Samples.block(SEED.random(1), 4));
    assertThatThrownBy(() -> state.adoptInto(wider))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot load a block: the stored one has layers.0.weight [3, 3, 3, 3] where the network"
                + " has layers.0.weight [4, 3, 3, 3] (the model was trained with another network)");
    StoredBlock before = new StoredBlock(state.parameters(), state.statistics().range(0, 1));
    assertThatThrownBy(() -> state.adoptInto(new HeldBlock(before)))
        .hasMessageContaining("layers.1.running_var [3] where the network has no tensor");
  }

  @Test
  void stateIsUntouchedByWhoeverReadsOrMadeIt() {
    float[] values = {1, 2};
    Tensors tensors = Tensors.copyOf(Samples.table(entry("w", 2)), values);
    values[0] = 9;
    tensors.toArray()[1] = 9;
    assertThat(tensors.toArray()).containsExactly(1, 2);
  }
}
