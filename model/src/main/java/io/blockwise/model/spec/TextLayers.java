package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import java.util.ArrayList;
import java.util.List;

/**
 * Layers of texts: rows of positions, each row as long as its text. What stands behind a row's end
 * is padding, and no value at a real position depends on it, nor on the other rows of the batch.
 */
public final class TextLayers {
  private TextLayers() {}

  /**
   * A vector for every token: row i of its table is that of id i (methods 4.2).
   *
   * <p>A row learns only from batches that have its token, by lazy Adam (PyTorch's SparseAdam).
   *
   * @param width values of a vector, at least 1
   * @param rate its learning rate over that of the block, at least 0; with 0 the vectors stay as
   *     they are
   */
  public record Embedding(int width, double rate) implements LayerSpec {
    /** Vectors that no file gives start uniformly within this around 0 (Kim 2014). */
    private static final double BOUND = 0.25;

    public Embedding {
      requireAtLeast("embedding.width", width, 1);
      requireWithin("embedding.rate", rate, 0, 1e6);
    }

    @Override
    public Shape output(Shape in) {
      return Shape.sequence(tokens(in).positions(), width);
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      TensorSpec.Start start = new TensorSpec.Start(0, BOUND);
      List<Integer> shape = List.of(tokens(in).vocabulary(), width);
      return List.of(new TensorSpec("weight", TensorSpec.Kind.PARAMETER, shape, start, true));
    }

    private static Shape.Tokens tokens(Shape in) {
      if (in instanceof Shape.Tokens tokens) {
        return tokens;
      }
      throw invalid("embedding input", in, "must be ids of tokens [positions, vocabulary]");
    }
  }

  /**
   * Adds sines and cosines of the position (Vaswani 2017), which tell an attention where a token
   * stands: value 2i of position p is {@code sin(p / 10000^(2i / width))}, value 2i + 1 the cosine.
   */
  public record Positions() implements LayerSpec {
    private static final double LONGEST_WAVE = 10000;

    /** What is added, row-major {@code [positions, width]}. */
    public static float[] waves(int positions, int width) {
      float[] waves = new float[Math.multiplyExact(positions, width)];
      for (int i = 0; i < waves.length; i++) {
        int value = i % width;
        double frequency = Math.pow(LONGEST_WAVE, -(value - value % 2) / (double) width);
        double angle = i / width * frequency;
        waves[i] = (float) (value % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
      }
      return waves;
    }

    @Override
    public Shape output(Shape in) {
      return in.requireSequence("positions");
    }
  }

  /**
   * Long short-term memory in both directions, with PyTorch's gates i, f, g, o; gives the states at
   * every position, forward then backward ones. The backward direction begins at a row's last token
   * (packed semantics).
   *
   * @param units of each direction, at least 1
   * @param carry whether it hands on its final states, and begins with those that the one before it
   *     hands on, detached at the border of blocks, in training and in inference (Lin, Peng, Ho);
   *     else each begins with zeros (Huang)
   */
  public record Lstm(int units, boolean carry) implements LayerSpec {
    /** Gates of a cell. */
    public static final int GATES = 4;

    public Lstm {
      requireAtLeast("lstm.units", units, 1);
    }

    @Override
    public Shape output(Shape in) {
      int positions = in.requireSequence("lstm").positions();
      return new Shape.Sequence(positions, 2 * units, true);
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      List<TensorSpec> tensors = new ArrayList<>();
      for (String direction : List.of("", "_reverse")) {
        int rows = GATES * units;
        tensors.add(TensorSpec.uniform("weight_ih" + direction, units, rows, in.channels()));
        tensors.add(TensorSpec.uniform("weight_hh" + direction, units, rows, units));
        tensors.add(TensorSpec.uniform("bias_ih" + direction, units, rows));
        tensors.add(TensorSpec.uniform("bias_hh" + direction, units, rows));
      }
      return tensors;
    }
  }

  /**
   * Scaled dot-product attention of every position to all real ones of its row, by several heads of
   * {@code width / heads} values, with a linear layer behind (PyTorch's MultiheadAttention).
   *
   * @param heads at least 1, a divisor of the width
   * @param dropout share of the attention's weights that a step leaves out, from 0, below 1
   */
  public record Attention(int heads, double dropout) implements LayerSpec {
    public Attention {
      requireAtLeast("attention.heads", heads, 1);
      requireDropout("attention.dropout", dropout);
    }

    @Override
    public Shape output(Shape in) {
      Shape.Sequence sequence = in.requireSequence("attention");
      int width = sequence.features();
      if (width % heads != 0) {
        throw invalid("attention.heads", heads, "must divide the width, " + width);
      }
      return Shape.sequence(sequence.positions(), width);
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      int width = in.channels();
      return List.of(
          xavier("in_weight", 3 * width, width),
          TensorSpec.constant("in_bias", TensorSpec.Kind.PARAMETER, 0, 3 * width),
          xavier("out_weight", width, width),
          TensorSpec.constant("out_bias", TensorSpec.Kind.PARAMETER, 0, width));
    }

    /** Uniform within the root of 6 over the sum of inputs and outputs (Glorot 2010). */
    private static TensorSpec xavier(String name, int out, int in) {
      TensorSpec.Start start = new TensorSpec.Start(0, Math.sqrt(6.0 / (out + in)));
      return new TensorSpec(name, TensorSpec.Kind.PARAMETER, List.of(out, in), start, false);
    }
  }

  /** Normalises the values of each position, with learned scale and shift (Ba 2016). */
  public record LayerNorm() implements LayerSpec {
    /** Added to a variance under the root. */
    public static final double EPSILON = 1e-5;

    @Override
    public Shape output(Shape in) {
      if (in instanceof Shape.Sequence || in instanceof Shape.Vector) {
        return in;
      }
      throw invalid("layer-norm input", in, "must be a sequence or a vector");
    }

    @Override
    public List<TensorSpec> tensors(Shape in) {
      return List.of(
          TensorSpec.constant("weight", TensorSpec.Kind.PARAMETER, 1, in.channels()),
          TensorSpec.constant("bias", TensorSpec.Kind.PARAMETER, 0, in.channels()));
    }
  }

  /**
   * Sets values to 0 in training, each by chance, and divides the others by what is left. Which
   * ones depends on the batch and the block, never on threads or on other runs of the process.
   *
   * @param share of values that go, from 0, below 1
   */
  public record Dropout(double share) implements LayerSpec {
    public Dropout {
      requireDropout("dropout.share", share);
    }

    @Override
    public Shape output(Shape in) {
      return in;
    }
  }

  /** Mean over the real positions of a row. */
  public record TokenMean() implements LayerSpec {
    @Override
    public Shape output(Shape in) {
      return Shape.vector(in.requireSequence("token-mean").features());
    }
  }

  /**
   * What an {@link Lstm} has read at its ends: the forward state at a row's last real position and
   * the backward state at its first.
   *
   * @param combined how the two become one vector
   */
  public record FinalStates(Combined combined) implements LayerSpec {
    /** How the states of two directions become one vector. */
    public enum Combined {
      /** Side by side: twice the units. */
      CONCATENATED,
      /** Their sum (AL). */
      SUM,
      /** Their mean (SCPL, DeInfoReg). */
      MEAN
    }

    @Override
    public Shape output(Shape in) {
      Shape.Sequence sequence = in.requireSequence("final-states");
      if (!sequence.directions()) {
        throw invalid("final-states input", in, "must be states of two directions, as lstm gives");
      }
      int features = sequence.features();
      return Shape.vector(combined == Combined.CONCATENATED ? features : features / 2);
    }
  }

  private static void requireDropout(String what, double share) {
    requireWithin(what, share, 0, Math.nextDown(1.0));
  }
}
