package io.blockwise.model.engine.torch;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.TextLayers;
import io.blockwise.model.spec.TextLayers.FinalStates.Combined;
import java.util.Arrays;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Translates layers of texts to libtorch's own operations. Sequences are {@code [rows, positions,
 * features]}; what stands at padding is of no meaning, and nothing reads it.
 */
final class TextOperations {
  private TextOperations() {}

  static Layer of(String name, LayerSpec spec) {
    if (spec instanceof TextLayers.Embedding) {
      return embedding(name);
    }
    if (spec instanceof TextLayers.Positions) {
      return new Waves();
    }
    if (spec instanceof TextLayers.Lstm lstm) {
      return LstmLayer.of(name, lstm);
    }
    if (spec instanceof TextLayers.Attention attention) {
      return attention(name, attention);
    }
    if (spec instanceof TextLayers.LayerNorm) {
      return layerNorm(name);
    }
    if (spec instanceof TextLayers.Dropout dropout) {
      return (x, pass) -> pass.dropped(x, dropout.share());
    }
    if (spec instanceof TextLayers.TokenMean) {
      return (x, pass) -> torch.bmm(pass.texts().meanWeights(), x).squeeze(1);
    }
    if (spec instanceof TextLayers.FinalStates states) {
      return finalStates(states.combined());
    }
    throw new AssertionError("layer without a translation: " + spec);
  }

  /** In training the table has the rows that the batch reads, and no others, if they learn. */
  private static Layer embedding(String name) {
    String weight = name + ".weight";
    return (x, pass) -> {
      Tensor table = pass.parameter(weight);
      Tensor rows = table.requires_grad() ? pass.texts().places() : x;
      return torch.embedding(table, rows);
    };
  }

  /** Adds sines and cosines of positions; those up to the longest text so far are kept. */
  private static final class Waves implements Layer {
    private float[] values = new float[0];

    @Override
    public Tensor forward(Tensor x, Pass pass) {
      int width = Math.toIntExact(x.size(2));
      int positions = Math.toIntExact(x.size(1));
      int count = positions * width;
      if (values.length < count) {
        values = TextLayers.Positions.waves(positions, width);
      }
      Tensor waves = torch.tensor(Arrays.copyOf(values, count));
      return x.add(waves.view(x.size(1), width).type_as(x));
    }
  }

  private static Layer attention(String name, TextLayers.Attention spec) {
    return (x, pass) -> {
      long rows = x.size(0);
      long positions = x.size(1);
      long width = x.size(2);
      Tensor projected =
          torch
              .linear(x, pass.parameter(name + ".in_weight"), pass.optional(name + ".in_bias"))
              .view(rows, positions, 3, spec.heads(), width / spec.heads())
              .permute(2, 0, 3, 1, 4);
      Tensor read =
          attended(
              projected.select(0, 0), projected.select(0, 1), projected.select(0, 2), pass, spec);
      return torch.linear(
          read.transpose(1, 2).reshape(rows, positions, width),
          pass.parameter(name + ".out_weight"),
          pass.optional(name + ".out_bias"));
    };
  }

  /** libtorch's own, unless weights are left out: for that it has one generator per process. */
  private static Tensor attended(
      Tensor query, Tensor key, Tensor value, Pass pass, TextLayers.Attention spec) {
    Texts texts = pass.texts();
    boolean whole = spec.dropout() == 0 || !pass.training();
    if (whole) {
      TensorOptional mask = texts.full() ? new TensorOptional() : new TensorOptional(texts.mask());
      return torch.scaled_dot_product_attention(
          query, key, value, mask, 0, false, new DoubleOptional(), false);
    }
    Tensor scores =
        query.mul(new Scalar(1 / Math.sqrt(query.size(3)))).matmul(key.transpose(-2, -1));
    Tensor padding = texts.mask().logical_not();
    Tensor weights =
        torch.softmax(scores.masked_fill(padding, new Scalar(Double.NEGATIVE_INFINITY)), -1);
    return pass.dropped(weights, spec.dropout()).matmul(value);
  }

  private static Layer layerNorm(String name) {
    return (x, pass) ->
        torch.layer_norm(
            x,
            new long[] {x.size(-1)},
            pass.optional(name + ".weight"),
            pass.optional(name + ".bias"),
            TextLayers.LayerNorm.EPSILON,
            true);
  }

  private static Layer finalStates(Combined combined) {
    return (x, pass) -> {
      long units = x.size(2) / 2;
      Tensor last = x.flatten(0, 1).index_select(0, pass.texts().lastTokens());
      Tensor forward = last.narrow(1, 0, units);
      Tensor backward = x.select(1, 0).narrow(1, units, units);
      return switch (combined) {
        case CONCATENATED -> torch.cat(new TensorVector(forward, backward), 1);
        case SUM -> forward.add(backward);
        case MEAN -> forward.add(backward).mul(new Scalar(0.5));
      };
    };
  }
}
