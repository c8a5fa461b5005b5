package io.blockwise.model.artifact;

import io.blockwise.model.spec.LayerSpec;
import java.util.Map;

/**
 * How the tensors of a version become answers, for programs that are not Blockwise: the section
 * {@code answering} of {@code model.json}. Numbers are for programs, sentences for people; {@code
 * examples/read_model.py} follows them. Immutable.
 *
 * @param pixelDivisor of a pixel's byte, before mean and deviation are applied
 * @param batchNormEpsilon added to a running variance under the root
 * @param layers which tensors are a layer's
 * @param features what an exit or a head reads, by its name in {@code features}
 */
record AnswerRules(
    double pixelDivisor,
    double batchNormEpsilon,
    String input,
    String layers,
    String batchNorm,
    Map<String, String> features,
    String exit,
    String head) {
  /** Of the format as it is now. */
  static final AnswerRules PRESENT =
      new AnswerRules(
          255,
          LayerSpec.BatchNorm.EPSILON,
          "(pixel / pixel_divisor - mean of its channel) / std of its channel, in the order channel,"
              + " row, column",
          "layers.I.* are the tensors of entry I of the block's layers, counted from 0, in PyTorch's"
              + " layouts; a block reads what the last layer of the one before it gives; a residual"
              + " layer gives the sum of what its body and its shortcut give, whose tensors are"
              + " layers.I.body.J.* and layers.I.shortcut.J.*, and without a shortcut what it reads is"
              + " added",
          "(x - running_mean) / sqrt(running_var + batch_norm_epsilon) * weight + bias",
          Map.of(
              "pooled",
              "mean over all rows and columns of each channel of the last layer's output; a vector"
                  + " stays as it is",
              "flat",
              "all values of the last layer's output in one vector, in the order channel, row,"
                  + " column"),
          "scores of the classes = exit.weight * features + exit.bias; a block's answer is the class"
              + " of the highest score, of equal ones the first",
          "head.* are for the loss in training only, no answer needs them");
}
