package io.blockwise.model.artifact;

import static java.util.Map.entry;

import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the tensors of a version become answers, for programs that are not Blockwise: the section
 * {@code answering} of {@code model.json}. Numbers are for programs, sentences for people; {@code
 * examples/read_model.py} follows them. Immutable.
 *
 * @param pixelDivisor of a pixel's byte, before mean and deviation are applied
 * @param batchNormEpsilon added to a running variance under the root
 * @param gridSide windows in each direction of features {@code grid}
 * @param layers which tensors are a layer's
 * @param layerTypes what a layer computes from x, by its {@code type}
 * @param features what an exit or a head reads, by its name in {@code features}
 * @param losses how a block answers that is trained by a loss without an exit, by its {@code type}
 */
record AnswerRules(
    double pixelDivisor,
    double batchNormEpsilon,
    int gridSide,
    String input,
    String layers,
    Map<String, String> layerTypes,
    String batchNorm,
    Map<String, String> features,
    String exit,
    String probabilities,
    String head,
    String context,
    Map<String, String> losses,
    String momentum) {
  AnswerRules {
    layerTypes = new TreeMap<>(layerTypes);
    features = new TreeMap<>(features);
    losses = new TreeMap<>(losses);
  }

  private static final Map<String, String> LAYER_TYPES =
      Map.ofEntries(
          entry(
              "convolution",
              "cross-correlation with weight [filters, channels, kernel, kernel] after padding with"
                  + " zeros, a window every stride pixels, + bias if there is one"),
          entry("batch-norm", "as batch_norm says, per channel or unit"),
          entry("relu", "max(0, x)"),
          entry("leaky-relu", "x where x > 0, else slope * x"),
          entry("elu", "x where x > 0, else alpha * (exp(x) - 1)"),
          entry("tanh", "tanh(x)"),
          entry("sigmoid", "1 / (1 + exp(-x))"),
          entry(
              "residual",
              "sum of what its body and its shortcut give, whose tensors are layers.I.body.J.* and"
                  + " layers.I.shortcut.J.*; without a shortcut what it reads is added"),
          entry("max-pool", "maximum over kernel x kernel windows, one every stride pixels"),
          entry("average-pool", "mean over kernel x kernel windows, one every stride pixels"),
          entry(
              "adaptive-average-pool",
              "mean over side x side windows, placed as features grid says"),
          entry("global-average-pool", "mean over all rows and columns of each channel"),
          entry("flatten", "all values in one vector, in the order channel, row, column"),
          entry("dense", "weight * x + bias if there is one, of a sequence at every position"),
          entry("embedding", "row id of weight for every token"),
          entry(
              "positions",
              "x + sin(p / 10000^(2i / width)) in value 2i of position p, counted from 0, and the"
                  + " cosine in value 2i + 1"),
          entry(
              "lstm",
              "PyTorch's LSTM of one layer in both directions, gates i, f, g, o, with the tensors"
                  + " weight_ih, weight_hh, bias_ih, bias_hh and the same with _reverse, which begins"
                  + " at the last token; with carry from the final states of an lstm with carry"
                  + " before it, else"
                  + " from zeros"),
          entry(
              "attention",
              "PyTorch's MultiheadAttention of heads to all tokens of the text: in_weight and in_bias"
                  + " are in_proj_weight and in_proj_bias, out_weight and out_bias those of out_proj"),
          entry(
              "layer-norm",
              "(x - mean) / sqrt(variance + 1e-5) * weight + bias over the values of a position"),
          entry("dropout", "x: it is for training only"),
          entry("token-mean", "mean over the tokens"),
          entry(
              "final-states",
              "the first half of x at the last token and the second half of x at the first token,"
                  + " concatenated, or their sum or mean as combined says"));

  private static final Map<String, String> LOSSES =
      Map.of(
          "deinforeg",
          "with exit kind merge the exit reads z in place of features: z = what head.I.* give as the"
              + " loss's head says, then batch norm exit.norm.* if batch_norm is true, then"
              + " activation; with unmerge it is as in exit",
          "al",
          "there is no exit: z = what bridge.I.* give of the features that the loss's bridge names,"
              + " each entry weight * x + bias and then the bridge's activation; a block's answer is"
              + " z after decoder.0.* of the block itself and then of all blocks before it, the"
              + " nearest first, each weight * z + bias and then decoder, in the first block"
              + " first_decoder; encoder.* are for training only");

  /** Of the format as it is now. */
  static final AnswerRules PRESENT =
      new AnswerRules(
          255,
          LayerSpec.BatchNorm.EPSILON,
          Features.GRID_SIDE,
          "(pixel / pixel_divisor - mean of its channel) / std of its channel, in the order channel,"
              + " row, column",
          "layers.I.* are the tensors of entry I of the block's layers, counted from 0, in PyTorch's"
              + " layouts; a block reads what the last layer of the one before it gives",
          LAYER_TYPES,
          "(x - running_mean) / sqrt(running_var + batch_norm_epsilon) * weight + bias",
          Map.of(
              "pooled",
              "mean over all rows and columns of each channel of the output; of a text mean over its"
                  + " tokens, or behind an lstm final-states with combined mean; a vector stays as it"
                  + " is",
              "summed",
              "as pooled, but behind an lstm final-states with combined sum",
              "grid",
              "means over grid_side x grid_side windows of each channel of the last layer's output in"
                  + " one vector, in the order channel, row, column; of n windows over a length the"
                  + " i-th, from 0, covers floor(i * length / n) up to, without, ceil((i + 1) * length"
                  + " / n); where the length is below grid_side, n is the length; a vector stays as it"
                  + " is, and a text is read as pooled says",
              "flat",
              "all values of the output in one vector, in the order channel, row, column; behind an"
                  + " lstm final-states with combined concatenated"),
          "scores of the classes = exit.weight * features + exit.bias; a block's answer is the class"
              + " of the highest score, of equal ones the first; exit.ahead.I.* are the tensors of"
              + " entry I of the exit's ahead, layers on the block's output before features are read,"
              + " and exit.hidden.I.* those of its hidden, layers on features",
          "softmax of scores / T, where T is the block's entry of exits.temperatures, 1 where there is"
              + " none; with exits.rule confidence=C the first block answers whose highest probability"
              + " is at least C, or else the last one, and with full always the last",
          "head.* are for the loss in training only, no answer needs them",
          "where a block's context is image, its first layer reads the output of the block before"
              + " plus this: context.weight and context.bias as a 3x3 convolution of the input with"
              + " padding 1, whose stride is the input's height divided by the output's, rounded"
              + " down; where that gives another size, with stride 1 behind an"
              + " adaptive-average-pool to the output's height; where the output is a vector, as a"
              + " dense layer of all values of the input",
          LOSSES,
          "where a block's momentum has layers, its exit reads momentum.scale * local(x) + (2 -"
              + " momentum.scale) * slow(x) in place of the block's output x; both have these"
              + " layers, local with the tensors momentum.local.I.*, slow with the next block's"
              + " layers.I.*");
}
