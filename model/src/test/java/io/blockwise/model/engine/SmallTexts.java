package io.blockwise.model.engine;

import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers.Attention;
import io.blockwise.model.spec.TextLayers.Dropout;
import io.blockwise.model.spec.TextLayers.Embedding;
import io.blockwise.model.spec.TextLayers.FinalStates;
import io.blockwise.model.spec.TextLayers.LayerNorm;
import io.blockwise.model.spec.TextLayers.Lstm;
import io.blockwise.model.spec.TextLayers.Positions;
import io.blockwise.model.spec.TextLayers.TokenMean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Small batches of texts for tests, and layers that read them. */
public final class SmallTexts {
  /** Ids that the texts are made of, padding included. */
  public static final int VOCABULARY = 11;

  /** What a network of texts reads. */
  public static final Shape INPUT = Shape.tokens(6, VOCABULARY);

  /** The same before a first block. */
  public static final Border BORDER = Border.of(INPUT);

  /** Vectors that learn at the rate of their block. */
  public static final LayerSpec EMBEDDING = new Embedding(4, 1);

  /** Vectors that stay as they are. */
  public static final LayerSpec FROZEN = new Embedding(4, 0);

  private SmallTexts() {}

  /** Random texts of three classes, from 1 to 6 tokens long. */
  public static Batch batch(int rows, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] texts = new int[rows][];
    for (int row = 0; row < rows; row++) {
      texts[row] = random.ints(1 + row % 6, 1, VOCABULARY).toArray();
    }
    return batch(texts);
  }

  /** These texts, of classes 0, 1, 2, 0 and so on. */
  public static Batch batch(int[]... texts) {
    TokenField field = new TokenField(texts.length);
    Batch batch = new Batch(Map.of("text", field), texts.length);
    for (int row = 0; row < texts.length; row++) {
      field.set(row, texts[row]);
      batch.labels()[row] = row % 3;
    }
    batch.rows(texts.length);
    return batch;
  }

  /** The first rows of a text, as a text of its own. */
  public static int[] head(int[] text, int length) {
    return Arrays.copyOf(text, length);
  }

  /** Layers behind an embedding of width 4, of every kind that texts have. */
  public static List<List<LayerSpec>> behindEmbedding() {
    return List.of(
        List.of(new TokenMean(), new LayerSpec.Dense(5, true), new LayerSpec.Elu(1)),
        List.of(new Lstm(3, false)),
        List.of(new Lstm(3, false), new Lstm(3, true)),
        List.of(new Lstm(3, false), new FinalStates(FinalStates.Combined.SUM)),
        encoder(2, 0),
        List.of(new Positions(), new Attention(1, 0), new LayerSpec.Tanh(), new Dropout(0)));
  }

  /** An encoder layer of a transformer, normalised before its halves, on width 4. */
  public static List<LayerSpec> encoder(int heads, double dropout) {
    return List.of(
        new LayerSpec.Residual(
            List.of(new LayerNorm(), new Attention(heads, dropout), new Dropout(dropout)),
            List.of()),
        new LayerSpec.Residual(
            List.of(
                new LayerNorm(),
                new LayerSpec.Dense(6, true),
                new LayerSpec.Relu(),
                new LayerSpec.Dense(4, true)),
            List.of()),
        new LayerNorm());
  }
}
