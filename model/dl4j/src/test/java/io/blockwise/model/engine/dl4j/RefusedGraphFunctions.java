package io.blockwise.model.engine.dl4j;

import static io.blockwise.model.engine.dl4j.GraphFunctions.m;
import static io.blockwise.model.engine.dl4j.GraphFunctions.of;
import static io.blockwise.model.engine.dl4j.GraphFunctions.s;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.factory.Nd4j;

/** What a graph does not carry, as docs/adr/0012-samediff-in-the-dl4j-engine.md says. */
final class RefusedGraphFunctions {
  private RefusedGraphFunctions() {}

  /** What fails. */
  static List<GraphFunction> all() {
    return List.of(
        of(
            "gather",
            m("x", s(7, 3)),
            (f, v) -> f.gather(v.get("x"), f.constant(Nd4j.createFromArray(1, 5, 1, 0)), 0)),
        of(
            "nn.batchNorm",
            m("x", s(6, 4), "mean", s(4), "gain", s(4), "bias", s(4)),
            (f, v) ->
                f.nn()
                    .batchNorm(
                        v.get("x"),
                        v.get("mean"),
                        v.get("mean").mul(v.get("mean")).add(1),
                        v.get("gain"),
                        v.get("bias"),
                        1e-5,
                        1)),
        of("math.logSumExp", m("x", s(4, 5)), (f, v) -> f.math().logSumExp(v.get("x"), 1)),
        of("nn.dropout", m("x", s(4, 5)), (f, v) -> f.nn().dropout(v.get("x"), 0.8)),
        of(
            "nn.dropoutInverted",
            m("x", s(4, 5)),
            (f, v) -> f.nn().dropoutInverted(v.get("x"), 0.8)),
        of(
            "rnn.lstmLayer without lengths",
            m("x", s(3, 4, 5), "w", s(5, 8), "r", s(2, 8), "b", s(8)),
            (f, v) -> lstmLayer(f, v, null)));
  }

  /** Right, but {@code docs/performance.md} says how slow. */
  static GraphFunction lstmLayer(boolean large) {
    long rows = large ? 128 : 3;
    return of(
        "rnn.lstmLayer with lengths",
        m(
            "x",
            large ? s(128, 16, 300) : s(3, 4, 5),
            "w",
            large ? s(300, 1200) : s(5, 8),
            "r",
            large ? s(300, 1200) : s(2, 8),
            "b",
            large ? s(1200) : s(8),
            "lengths",
            s(rows)),
        (f, v) -> lstmLayer(f, v, v.get("lengths")));
  }

  private static SDVariable lstmLayer(SameDiff f, Map<String, SDVariable> v, SDVariable lengths) {
    LSTMLayerConfig configuration =
        LSTMLayerConfig.builder()
            .lstmdataformat(LSTMDataFormat.NTS)
            .directionMode(LSTMDirectionMode.FWD)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .build();
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(v.get("w"))
            .rWeights(v.get("r"))
            .bias(v.get("b"))
            .build();
    return f.rnn().lstmLayer(v.get("x"), null, null, lengths, weights, configuration)[0];
  }
}
