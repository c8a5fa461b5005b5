package io.blockwise.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.artifact.ModelDescription;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.artifact.Samples;
import io.blockwise.model.spec.LayerSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OnnxModelTest {
  private static final ModelVersion VERSION = Samples.version("sample", 3);

  private static byte[] written(OnnxModel model) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    model.write(bytes);
    return bytes.toByteArray();
  }

  @Test
  void theSameModelGivesTheSameBytes() throws IOException {
    OnnxModel model = OnnxModel.of(VERSION, 2);
    byte[] bytes = written(model);
    assertThat(bytes).isEqualTo(written(OnnxModel.of(VERSION, 2)));
    assertThat(model.bytes()).isEqualTo(bytes.length);
  }

  @Test
  void whatIsBehindTheExitIsLeftOut() {
    long head = 128 * 3 + 128 + 64 * 128 + 64; // of the first block, which no answer reads
    long second = 5 * 3 * 9 + 4 * 5 + 2 * 5 * 2 * 2 + 2;
    long more = OnnxModel.of(VERSION, 2).bytes() - OnnxModel.of(VERSION, 1).bytes();
    assertThat(more).isBetween(Float.BYTES * second, Float.BYTES * second + 2000);
    assertThat(OnnxModel.of(VERSION, 2).bytes()).isLessThan(Float.BYTES * head);
  }

  @Test
  void everyLayerHasAnOperator() {
    for (Class<?> layer : LayerSpec.class.getPermittedSubclasses()) {
      if (layer != LayerSpec.Residual.class) { // which is made of others
        assertThat(Operators.ALL.known()).containsKey(layer.asSubclass(LayerSpec.class));
      }
    }
  }

  @Test
  void layerWithoutOperatorIsRefusedInOneLine() {
    Map<Class<? extends LayerSpec>, Operators.Translation> known =
        new HashMap<>(Operators.ALL.known());
    known.remove(LayerSpec.MaxPool.class);
    Operators without = new Operators(known);
    assertThatThrownBy(() -> OnnxModel.of(VERSION, 2, without, Long.MAX_VALUE))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot export to ONNX: layer layers.3 of block 1, max-pool, has no operator in opset 17"
                + " (train a network without it, or read the model by the Python package)");
  }

  @Test
  void shortcutBeforeALayerWithoutOperatorRemains() {
    Map<Class<? extends LayerSpec>, Operators.Translation> known =
        new HashMap<>(Operators.ALL.known());
    known.remove(LayerSpec.Flatten.class); // which the second block's exit has
    Operators without = new Operators(known);
    assertThat(OnnxModel.of(VERSION, 1, without, Long.MAX_VALUE).bytes()).isPositive();
    assertThatThrownBy(() -> OnnxModel.of(VERSION, 2, without, Long.MAX_VALUE))
        .hasMessageContaining("layer exit.features of block 2, flatten, has no operator")
        .hasMessageEndingWith(
            "(export a shortcut before it, --exit 1 or less, or read the model by the Python package)");
  }

  @Test
  void fileThatProtobufCannotHoldIsRefused() {
    assertThatThrownBy(() -> OnnxModel.of(VERSION, 1, Operators.ALL, 1000))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Cannot export model sample to ONNX: the file would have \\d+ bytes, and may have 1000"
                + " \\(export a shortcut, --exit K, or read the model by the Python package\\)");
  }

  @Test
  void fieldWithTheNameOfAnOutputIsRefused() {
    ModelDescription model = VERSION.description();
    InputField pixels = model.fields().get("pixels");
    ModelDescription other =
        new ModelDescription(
            "sample",
            "shapes",
            model.classes(),
            Map.of("scores", pixels),
            model.network(),
            model.exits());
    ModelVersion version =
        new ModelVersion(
            "x", other, Map.of(), VERSION.blocks(), VERSION.metrics(), VERSION.provenance());
    assertThatThrownBy(() -> OnnxModel.of(version, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("its field scores has the name of an output");
  }

  @Test
  void blockThatThereIsNotIsRefused() {
    assertThatThrownBy(() -> OnnxModel.of(VERSION, 3)).isInstanceOf(InvalidValueException.class);
    assertThatThrownBy(() -> OnnxModel.of(VERSION, 0)).isInstanceOf(InvalidValueException.class);
  }
}
