package io.blockwise.model.engine.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;

/** What layers and losses to come are made of, at a size that tests take and at a real one. */
final class GraphFunctions {
  private GraphFunctions() {}

  /** What is right: the list of docs/adr/0012-samediff-in-the-dl4j-engine.md. */
  static List<GraphFunction> carried(boolean large) {
    List<GraphFunction> all = new ArrayList<>();
    long[] matrix = large ? s(128, 3000) : s(4, 5);
    long[] scores = large ? s(128, 100) : s(4, 5);
    long[] words = large ? s(128, 64, 256) : s(3, 4, 6);
    long[] mask = large ? s(128, 64) : s(3, 4);
    long[] map = large ? s(128, 16, 16, 64) : s(2, 4, 4, 5);
    all.add(of("softmax", m("x", scores), (f, v) -> f.nn().softmax(v.get("x"), -1)));
    all.add(
        of(
            "log-softmax and cross-entropy",
            m("x", scores, "classes", scores),
            (f, v) -> f.nn().logSoftmax(v.get("x")).mul(v.get("classes")).sum(1).mean().neg()));
    all.add(of("tanh", m("x", matrix), (f, v) -> f.math().tanh(v.get("x"))));
    all.add(of("sigmoid", m("x", matrix), (f, v) -> f.nn().sigmoid(v.get("x"))));
    all.add(of("leakyRelu", m("x", matrix), (f, v) -> f.nn().leakyRelu(v.get("x"), 0.01)));
    all.add(of("gelu", m("x", matrix), (f, v) -> f.nn().gelu(v.get("x"))));
    long width = words[2];
    all.add(
        of(
            "nn.layerNorm",
            m("x", words, "gain", s(width), "bias", s(width)),
            (f, v) -> f.nn().layerNorm(v.get("x"), v.get("gain"), v.get("bias"), false, 2)));
    all.add(
        of(
            "layer norm of parts",
            m("x", words, "gain", s(width), "bias", s(width)),
            (f, v) -> normalised(f, v.get("x"), 2).mul(v.get("gain")).add(v.get("bias"))));
    all.add(
        of(
            "batch norm of parts",
            m("x", large ? s(32768, 64) : s(6, 4), "gain", s(large ? 64 : 4)),
            (f, v) -> normalised(f, v.get("x"), 0).mul(v.get("gain"))));
    all.add(
        of(
            "mean over true tokens",
            m("x", words, "mask", mask),
            (f, v) -> {
              SDVariable counts = f.expandDims(v.get("mask"), 2);
              return v.get("x").mul(counts).sum(1).div(counts.sum(1));
            }));
    all.add(of("maximum over tokens", m("x", words), (f, v) -> v.get("x").max(1)));
    all.add(
        of(
            "products over a batch",
            m("x", words, "z", words),
            (f, v) -> f.mmul(v.get("x"), v.get("z"), false, true, false)));
    all.add(
        of(
            "attention with mask, 2 heads",
            m("x", words, "weight", s(width, 3 * width), "mask", mask),
            (f, v) -> attention(f, v, words[1], width)));
    long hidden = large ? 300 : 2;
    long read = large ? 300 : 4;
    long rows = large ? 128 : 3;
    all.add(
        of(
            "LSTM step of parts",
            m(
                "x",
                s(rows, read),
                "h",
                s(rows, hidden),
                "c",
                s(rows, hidden),
                "w",
                s(read, 4 * hidden),
                "r",
                s(hidden, 4 * hidden),
                "b",
                s(4 * hidden)),
            (f, v) -> {
              SDVariable[] next = lstm(f, v, v.get("x"), v.get("h"), v.get("c"));
              return f.concat(1, next[0], next[1]);
            }));
    long time = large ? 16 : 4;
    all.add(
        of(
            large ? "LSTM of 16 steps with mask" : "LSTM of 4 steps with mask",
            m(
                "x",
                s(rows, time, read),
                "w",
                s(read, 4 * hidden),
                "r",
                s(hidden, 4 * hidden),
                "b",
                s(4 * hidden),
                "mask",
                s(rows, time)),
            (f, v) -> unrolled(f, v, (int) time, hidden)));
    all.add(
        of(
            "conv2d 3x3, NHWC and OIHW",
            m("x", map, "w", large ? s(64, 64, 3, 3) : s(4, 5, 3, 3)),
            (f, v) -> f.cnn().conv2d(v.get("x"), v.get("w"), convolution())));
    all.add(of("avgPooling2d", m("x", map), (f, v) -> f.cnn().avgPooling2d(v.get("x"), pool())));
    all.add(of("maxPooling2d", m("x", map), (f, v) -> f.cnn().maxPooling2d(v.get("x"), pool())));
    all.add(of("std over positions", m("x", map), (f, v) -> v.get("x").std(true, 1, 2)));
    all.add(
        of(
            "std over positions of parts",
            m("x", map),
            (f, v) -> {
              SDVariable x = v.get("x").reshape(map[0], map[1] * map[2], map[3]);
              SDVariable centred = x.sub(x.mean(true, 1));
              double share = 1.0 / (map[1] * map[2] - 1);
              return f.math().sqrt(centred.mul(centred).sum(1).mul(share));
            }));
    all.add(
        of(
            "cosine similarity matrix",
            m("x", large ? s(128, 128) : s(5, 4)),
            (f, v) -> {
              SDVariable centred = v.get("x").sub(v.get("x").mean(true, 1));
              SDVariable norm = f.math().sqrt(centred.mul(centred).sum(true, 1)).add(1e-8);
              SDVariable unit = centred.div(norm);
              return f.mmul(unit, unit, false, true, false);
            }));
    all.add(
        of(
            "log-sum-exp of parts with mask",
            m("x", scores, "mask", scores),
            (f, v) -> {
              SDVariable x = v.get("x").add(v.get("mask").sub(1).mul(1e9));
              SDVariable highest = x.max(true, 1);
              return f.math().log(f.math().exp(x.sub(highest)).sum(true, 1)).add(highest);
            }));
    all.add(
        of(
            "dropout by a mask that is given",
            m("x", matrix, "mask", matrix),
            (f, v) -> v.get("x").mul(v.get("mask")).mul(1 / 0.8)));
    return all;
  }

  private static SDVariable normalised(SameDiff f, SDVariable x, int axis) {
    SDVariable centred = x.sub(x.mean(true, axis));
    SDVariable variance = centred.mul(centred).mean(true, axis);
    return centred.div(f.math().sqrt(variance.add(1e-5)));
  }

  private static SDVariable attention(
      SameDiff f, Map<String, SDVariable> v, long tokens, long width) {
    SDVariable all = f.mmul(v.get("x").reshape(-1, width), v.get("weight"));
    SDVariable heads = all.reshape(-1, tokens, 6, width / 2).permute(2, 0, 1, 3);
    SDVariable[] parts = f.split(heads, 3, 0); // queries, keys, values: [2, rows, tokens, width/2]
    SDVariable scores = f.mmul(parts[0], parts[1], false, true, false);
    SDVariable open = v.get("mask").sub(1).mul(1e9).reshape(1, -1, 1, tokens);
    SDVariable weights = f.nn().softmax(scores.mul(1 / Math.sqrt(width / 2.0)).add(open), -1);
    return f.mmul(weights, parts[2]).permute(1, 2, 0, 3).reshape(-1, tokens, width);
  }

  /** Gates in the order i, f, g, o; returns the next h and c. */
  private static SDVariable[] lstm(
      SameDiff f, Map<String, SDVariable> v, SDVariable x, SDVariable h, SDVariable c) {
    SDVariable sum = f.mmul(x, v.get("w")).add(f.mmul(h, v.get("r"))).add(v.get("b"));
    SDVariable[] gates = f.split(sum, 4, 1);
    SDVariable kept = f.nn().sigmoid(gates[1]).mul(c);
    SDVariable next = kept.add(f.nn().sigmoid(gates[0]).mul(f.math().tanh(gates[2])));
    return new SDVariable[] {f.nn().sigmoid(gates[3]).mul(f.math().tanh(next)), next};
  }

  private static SDVariable unrolled(SameDiff f, Map<String, SDVariable> v, int time, long hidden) {
    SDVariable[] tokens = f.unstack(v.get("x"), 1, time);
    SDVariable[] masks = f.unstack(v.get("mask"), 1, time);
    SDVariable first = f.mmul(tokens[0], v.get("w"));
    SDVariable h = first.get(SDIndex.all(), SDIndex.interval(0L, hidden)).mul(0);
    SDVariable c = h;
    SDVariable[] outputs = new SDVariable[time];
    for (int t = 0; t < time; t++) {
      SDVariable[] next = lstm(f, v, tokens[t], h, c);
      SDVariable here = f.expandDims(masks[t], 1);
      h = h.add(next[0].sub(h).mul(here));
      c = c.add(next[1].sub(c).mul(here));
      outputs[t] = h.mul(here);
    }
    return f.stack(1, outputs);
  }

  private static Conv2DConfig convolution() {
    return Conv2DConfig.builder()
        .kH(3)
        .kW(3)
        .pH(1)
        .pW(1)
        .paddingMode(PaddingMode.VALID)
        .dataFormat("NHWC")
        .weightsFormat(WeightsFormat.OIYX)
        .build();
  }

  private static Pooling2DConfig pool() {
    return Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).dH(1).dW(1).isNHWC(true).build();
  }

  static GraphFunction of(
      String name, Map<String, long[]> shapes, GraphFunction.Definition definition) {
    return new GraphFunction(name, shapes, definition);
  }

  static long[] s(long... shape) {
    return shape;
  }

  static Map<String, long[]> m(Object... namesAndShapes) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      shapes.put((String) namesAndShapes[i], (long[]) namesAndShapes[i + 1]);
    }
    return shapes;
  }
}
