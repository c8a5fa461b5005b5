package io.blockwise.model.spec.assembly;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LayerSpec.Dense;
import io.blockwise.model.spec.LayerSpec.Residual;
import io.blockwise.model.spec.TextLayers.Attention;
import io.blockwise.model.spec.TextLayers.Dropout;
import io.blockwise.model.spec.TextLayers.Embedding;
import io.blockwise.model.spec.TextLayers.LayerNorm;
import io.blockwise.model.spec.TextLayers.Positions;
import io.blockwise.model.spec.TextLayers.TokenMean;
import java.util.ArrayList;
import java.util.List;

/** Backbones of texts (methods 3.3). The embedding is their first block. */
public final class TextBackbone {
  private TextBackbone() {}

  /**
   * {@code embedding, mean over tokens | dense, ELU | dense, ELU | ..} (Peng).
   *
   * @param hidden units of every dense layer, at least one layer, each at least 1
   */
  public record Linear(Embedding embedding, List<Integer> hidden) implements Backbone {
    public Linear {
      hidden = List.copyOf(hidden);
      if (hidden.isEmpty() || hidden.stream().anyMatch(units -> units < 1)) {
        throw invalid("text-linear.hidden", hidden, "must be one or more widths, each at least 1");
      }
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      List<List<LayerSpec>> blocks = new ArrayList<>();
      blocks.add(List.of(embedding, new TokenMean()));
      hidden.forEach(units -> blocks.add(List.of(new Dense(units, true), new LayerSpec.Elu(1))));
      return List.copyOf(blocks);
    }
  }

  /**
   * {@code embedding | lstm | lstm | ..}, in both directions (Lin, Wu, Peng, Ho, Huang).
   *
   * @param units of each direction, at least 1
   * @param layers at least 1
   * @param carry as {@link io.blockwise.model.spec.TextLayers.Lstm} says
   */
  public record Lstm(Embedding embedding, int units, int layers, boolean carry)
      implements Backbone {
    public Lstm {
      requireAtLeast("text-lstm.units", units, 1);
      requireAtLeast("text-lstm.layers", layers, 1);
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      List<List<LayerSpec>> blocks = new ArrayList<>();
      blocks.add(List.of(embedding));
      for (int layer = 0; layer < layers; layer++) {
        blocks.add(List.of(new io.blockwise.model.spec.TextLayers.Lstm(units, carry)));
      }
      return List.copyOf(blocks);
    }
  }

  /**
   * {@code embedding | encoder layer | encoder layer | ..}, each normalised before its two halves
   * and at its end.
   *
   * @param heads a divisor of the embedding's width
   * @param feedForward units within the second half, at least 1
   * @param layers at least 1
   * @param dropout share of what a step leaves out, where PyTorch's encoder layer does, and of the
   *     attention's weights; from 0, below 1
   * @param positions whether positions are told by sines and cosines
   */
  public record Transformer(
      Embedding embedding,
      int heads,
      int feedForward,
      int layers,
      double dropout,
      boolean positions)
      implements Backbone {
    public Transformer {
      requireAtLeast("text-transformer.heads", heads, 1);
      requireAtLeast("text-transformer.feed-forward", feedForward, 1);
      requireAtLeast("text-transformer.layers", layers, 1);
      requireWithin("text-transformer.dropout", dropout, 0, Math.nextDown(1.0));
      if (embedding.width() % heads != 0) {
        throw invalid(
            "text-transformer.heads",
            heads,
            "must divide text-transformer.embedding.width, " + embedding.width());
      }
    }

    @Override
    public List<List<LayerSpec>> blocks() {
      List<List<LayerSpec>> blocks = new ArrayList<>();
      blocks.add(positions ? List.of(embedding, new Positions()) : List.of(embedding));
      for (int layer = 0; layer < layers; layer++) {
        blocks.add(encoder());
      }
      return List.copyOf(blocks);
    }

    private List<LayerSpec> encoder() {
      List<LayerSpec> attention =
          List.of(new LayerNorm(), new Attention(heads, dropout), new Dropout(dropout));
      List<LayerSpec> further =
          List.of(
              new LayerNorm(),
              new Dense(feedForward, true),
              new LayerSpec.Relu(),
              new Dropout(dropout),
              new Dense(embedding.width(), true),
              new Dropout(dropout));
      return List.of(
          new Residual(attention, List.of()), new Residual(further, List.of()), new LayerNorm());
    }
  }
}
