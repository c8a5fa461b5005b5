package io.blockwise.model.engine;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets one suite look inside every engine: layers and losses on their own, which the engine seam
 * rightly hides. All arrays in the canonical layout.
 */
public interface LayerProbe {
  /** Of every loss that is looked at. */
  int CLASSES = 3;

  /** Runs layers forward and backward in training mode, from given parameters. */
  LayerRun layers(
      List<LayerSpec> layers,
      Shape input,
      float[] x,
      float[] dout,
      Map<String, float[]> parameters);

  /**
   * The same of layers of texts.
   *
   * @param lengths of the rows; what is at padding behind them is 0 in the output
   */
  LayerRun texts(
      List<LayerSpec> layers,
      Shape.Sequence input,
      int[] lengths,
      float[] x,
      float[] dout,
      Map<String, float[]> parameters);

  /** The first term of a loss on embeddings {@code [rows, width]}, which start with the scores. */
  LossRun loss(LossSpec loss, int width, float[] z, int[] labels);

  record LayerRun(
      List<Float> out,
      List<Float> dx,
      Map<String, float[]> gradients,
      Map<String, float[]> statistics) {}

  record LossRun(double loss, List<Float> gradient) {}

  /** Texts of these lengths, of one token. */
  static TokenField tokens(int... lengths) {
    TokenField field = new TokenField(lengths.length);
    for (int row = 0; row < lengths.length; row++) {
      int[] ids = new int[lengths[row]];
      Arrays.fill(ids, 1);
      field.set(row, ids);
    }
    return field;
  }

  /** A block around layers, for what an engine builds whole. */
  static BlockSpec block(List<LayerSpec> layers) {
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    return new BlockSpec(layers, new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), none);
  }

  /** A block that hands on a shape as it is, for what reads it. */
  static BlockSpec block(LossSpec loss) {
    BlockSpec block = block(List.of(new LayerSpec.Relu()));
    return new BlockSpec(block.layers(), loss, block.exit(), block.optimiser());
  }

  /** Parameters by which every fully connected layer hands on what it reads. */
  static float[] identities(TensorTable table) {
    float[] vector = new float[table.length()];
    for (TensorTable.Entry entry : table.entries()) {
      for (int i = 0; entry.shape().size() == 2 && i < entry.shape().get(0); i++) {
        vector[entry.offset() + i * (entry.shape().get(1) + 1)] = 1;
      }
    }
    return vector;
  }

  /** A vector with these tensors, and 0 in all others. */
  static float[] vector(TensorTable table, Map<String, float[]> tensors) {
    Map<String, float[]> all = new HashMap<>(tensors);
    table.entries().forEach(entry -> all.putIfAbsent(entry.name(), new float[entry.length()]));
    return States.vector(table, all);
  }

  /** The tensors of the layers in a vector. */
  static Map<String, float[]> layers(TensorTable table, float[] vector) {
    Map<String, float[]> layers = new HashMap<>(States.tensors(table, vector));
    layers.keySet().removeIf(name -> !name.startsWith("layers."));
    return layers;
  }

  static List<Float> list(float[] values) {
    List<Float> list = new java.util.ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
