package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.DropoutMasks;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Attention;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scaled dot-product attention of parts. Padding is masked by a number so low that its weights are
 * exactly 0. Used by one thread.
 */
final class AttentionGraph implements GraphLayer.Definition {
  /** Beside it any product of vectors is lost to rounding. */
  private static final float NEVER = -1e9f;

  private final String name;
  private final int width;
  private final int heads;
  private final Optional<Double> dropout;
  private final Construction in;

  /**
   * @param name of the layer, and before the names of its parameters
   * @param dropout share of the weights that is left out; empty in inference
   */
  private AttentionGraph(
      String name, int width, int heads, Optional<Double> dropout, Construction in) {
    this.name = name;
    this.width = width;
    this.heads = heads;
    this.dropout = dropout;
    this.in = in;
  }

  /** The layer. */
  static Layer of(Attention spec, Layers.Place at) {
    Layer whole = layer(at.name(), spec, Optional.empty(), at);
    return DropoutMasks.leavesAll(spec.dropout())
        ? whole
        : new TwoWayLayer(
            layer(at.name() + ".train", spec, Optional.of(spec.dropout()), at), whole);
  }

  private static Layer layer(
      String graph, Attention spec, Optional<Double> dropout, Layers.Place at) {
    Shape shape = spec.output(at.input());
    AttentionGraph definition =
        new AttentionGraph(at.name(), shape.channels(), spec.heads(), dropout, at.in());
    return new GraphLayer(graph, at.input(), shape, at.in().memory(), definition);
  }

  @Override
  public SDVariable of(Graph graph, SDVariable x) {
    SameDiff f = graph.operations();
    SDVariable projected = dense(graph, f.reshape(x, -1, width), "in_weight", "in_bias");
    SDVariable byHead =
        f.permute(
            f.reshape(projected, sizes(graph, "apart", 3, heads, width / heads)), 2, 0, 3, 1, 4);
    SDVariable[] read = f.unstack(byHead, 0, 3);
    SDVariable scores =
        f.mmul(read[0].mul(1 / Math.sqrt(width / heads)), read[1], false, true, false);
    SDVariable weights = f.nn().softmax(scores.add(padding(graph)), -1);
    SDVariable kept = dropout.map(share -> weights.mul(mask(graph, share))).orElse(weights);
    SDVariable values = f.permute(f.mmul(kept, read[2]), 0, 2, 1, 3);
    SDVariable out = dense(graph, f.reshape(values, -1, width), "out_weight", "out_bias");
    return f.reshape(out, sizes(graph, "together", width));
  }

  private SDVariable dense(Graph graph, SDVariable x, String weight, String bias) {
    SDVariable factor = graph.parameter(weight, in.parameter(name + "." + weight));
    SDVariable shift = graph.parameter(bias, in.parameter(name + "." + bias));
    return graph.operations().mmul(x, factor, false, true, false).add(shift);
  }

  /** The sizes of an array: rows, positions and these. */
  private SDVariable sizes(Graph graph, String input, int... others) {
    return graph.beside(
        input,
        DataType.INT64,
        () -> {
          Texts texts = in.beside().texts();
          INDArray sizes = in.memory().take(name + "." + input, DataType.INT64, 2 + others.length);
          sizes.putScalar(0, texts.rows());
          sizes.putScalar(1, texts.positions());
          for (int i = 0; i < others.length; i++) {
            sizes.putScalar(2 + i, others[i]);
          }
          return sizes;
        },
        2 + others.length);
  }

  /** {@code [rows, 1, 1, positions]}: 0 at tokens, {@link #NEVER} at padding. */
  private SDVariable padding(Graph graph) {
    return graph.beside("padding", DataType.FLOAT, this::padding, -1, 1, 1, -1);
  }

  private INDArray padding() {
    Texts texts = in.beside().texts();
    INDArray padding = in.memory().take(name + ".padding", texts.rows(), 1, 1, texts.positions());
    float[] values = texts.meanWeights();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] > 0 ? 0 : NEVER;
    }
    Maths.write(values, 0, padding);
    return padding;
  }

  private SDVariable mask(Graph graph, double share) {
    return graph.beside(
        "mask",
        DataType.FLOAT,
        () -> {
          Texts texts = in.beside().texts();
          return in.beside()
              .mask(name, share, texts.rows(), heads, texts.positions(), texts.positions());
        },
        -1,
        heads,
        -1,
        -1);
  }
}
