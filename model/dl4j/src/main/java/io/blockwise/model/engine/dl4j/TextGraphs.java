package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.DropoutMasks;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Translates layers of texts to graphs. Sequences are {@code [rows, positions, features]}; what
 * stands at padding is of no meaning, nothing reads it, and no gradient comes back to it.
 */
final class TextGraphs {
  /** Layers of texts, by the record that describes one. */
  static final Map<Class<? extends LayerSpec>, Layers.Maker> MAKERS =
      Map.ofEntries(
          Map.entry(
              TextLayers.Embedding.class,
              (spec, at) -> new EmbeddingLayer(at.name(), spec.output(at.input()), at.in())),
          Map.entry(TextLayers.Positions.class, (spec, at) -> positions(at)),
          Map.entry(
              TextLayers.Attention.class,
              (spec, at) -> AttentionGraph.of((TextLayers.Attention) spec, at)),
          Map.entry(TextLayers.LayerNorm.class, (spec, at) -> layerNorm(at)),
          Map.entry(
              TextLayers.Dropout.class,
              (spec, at) -> dropout(((TextLayers.Dropout) spec).share(), at)),
          Map.entry(TextLayers.Lstm.class, (spec, at) -> new LstmLayer((TextLayers.Lstm) spec, at)),
          Map.entry(
              TextLayers.FinalStates.class,
              (spec, at) -> finalStates((TextLayers.FinalStates) spec, at)),
          Map.entry(TextLayers.TokenMean.class, TextGraphs::tokenMean));

  private TextGraphs() {}

  private static Layer tokenMean(LayerSpec spec, Layers.Place at) {
    return new GraphLayer(
        at.name(),
        at.input(),
        spec.output(at.input()),
        at.in().memory(),
        (graph, x) -> {
          SDVariable weights =
              graph.beside("weights", DataType.FLOAT, () -> meanWeights(at), -1, 1, -1);
          return graph.operations().squeeze(graph.operations().mmul(weights, x), 1);
        });
  }

  /** {@code [rows, 1, positions]}: what tokens weigh in the mean of their text, 0 at padding. */
  private static INDArray meanWeights(Layers.Place at) {
    Texts texts = at.in().beside().texts();
    INDArray weights =
        at.in().memory().take(at.name() + ".weights", texts.rows(), 1, texts.positions());
    Maths.write(texts.meanWeights(), 0, weights);
    return weights;
  }

  /** Both ends of a row by a product, then of each end the half that is its direction's. */
  private static Layer finalStates(TextLayers.FinalStates spec, Layers.Place at) {
    int width = at.input().channels();
    return new GraphLayer(
        at.name(),
        at.input(),
        spec.output(at.input()),
        at.in().memory(),
        (graph, x) -> {
          SameDiff f = graph.operations();
          SDVariable ends = graph.beside("ends", DataType.FLOAT, () -> ends(at), -1, 2, -1);
          SDVariable both = f.mmul(ends, x).mul(f.constant(halves(width))).sum(1);
          return spec.combined() == TextLayers.FinalStates.Combined.CONCATENATED
              ? both
              : f.mmul(both, f.constant(sums(width, spec.combined())));
        });
  }

  private static INDArray ends(Layers.Place at) {
    Texts texts = at.in().beside().texts();
    INDArray ends = at.in().memory().take(at.name() + ".ends", texts.rows(), 2, texts.positions());
    Maths.write(texts.ends(), 0, ends);
    return ends;
  }

  /**
   * {@code [1, 2, width]}: 1 in the first half at the last token, and in the second at the first.
   */
  private static INDArray halves(int width) {
    INDArray halves = Nd4j.zeros(DataType.FLOAT, 1, 2, width);
    for (int i = 0; i < width; i++) {
      halves.putScalar(0, 2 * i / width, i, 1);
    }
    return halves;
  }

  /** {@code [width, width / 2]}, by which the halves of a vector become one. */
  private static INDArray sums(int width, TextLayers.FinalStates.Combined combined) {
    INDArray sums = Nd4j.zeros(DataType.FLOAT, width, width / 2);
    double share = combined == TextLayers.FinalStates.Combined.MEAN ? 0.5 : 1;
    for (int i = 0; i < width; i++) {
      sums.putScalar(i, i % (width / 2), share);
    }
    return sums;
  }

  private static Layer positions(Layers.Place at) {
    int width = at.input().channels();
    return at.layer(
        (graph, x) ->
            x.add(graph.beside("waves", DataType.FLOAT, () -> waves(at, width), -1, width)));
  }

  private static INDArray waves(Layers.Place at, int width) {
    int positions = at.in().beside().texts().positions();
    INDArray waves = at.in().memory().take(at.name() + ".waves", positions, width);
    Maths.write(TextLayers.Positions.waves(positions, width), 0, waves);
    return waves;
  }

  /** Of parts, since ND4J's own adds nothing to the variance. */
  private static Layer layerNorm(Layers.Place at) {
    int last = NativeSignal.sizes(-1, at.input()).length - 1;
    return at.layer(
        (graph, x) -> {
          SameDiff f = graph.operations();
          SDVariable weight = graph.parameter("weight", at.in().parameter(at.name() + ".weight"));
          SDVariable bias = graph.parameter("bias", at.in().parameter(at.name() + ".bias"));
          SDVariable centred = x.sub(x.mean(true, last));
          SDVariable variance = centred.mul(centred).mean(true, last);
          SDVariable deviation = f.math().sqrt(variance.add(TextLayers.LayerNorm.EPSILON));
          return centred.div(deviation).mul(weight).add(bias);
        });
  }

  private static Layer dropout(double share, Layers.Place at) {
    Layer identity = new Chain(at.input(), List.of());
    if (DropoutMasks.leavesAll(share)) {
      return identity;
    }
    long[] sizes = NativeSignal.sizes(-1, at.input());
    Layer masked =
        at.layer(
            (graph, x) ->
                x.mul(
                    graph.beside(
                        "mask",
                        DataType.FLOAT,
                        () -> at.in().beside().mask(at.name(), share, at.input()),
                        sizes)));
    return new TwoWayLayer(masked, identity);
  }
}
