package io.blockwise.job.training;

import java.util.List;

/**
 * Keys of networks that have, together, every layer, head, exit and context there is beside those
 * of the backbones by their names: for whoever reads models elsewhere, and has to know them all.
 */
public final class EveryNetwork {
  private EveryNetwork() {}

  /** Of images. */
  public static List<String> ofImages() {
    return List.of(
        "exit.features=pooled",
        "exit.features=grid",
        "exit={kind = small-conv, hidden = 5, features = grid}",
        "exit={kind = mlp-bn, hidden = [9, 8]}",
        "context=image, engine=torch",
        "context=image, engine=torch, backbone=mlp",
        "loss={type = deinforeg, exit {batch-norm = false, activation = tanh}, head {kind = mlp-bn}}",
        "loss={type = deinforeg, head {kind = small-conv, hidden = [5, 4]}}",
        "loss={type = deinforeg, exit.kind = unmerge}",
        "loss={type = al, width = 9, bridge {features = grid, hidden = [12], activation = sigmoid},"
            + " first-decoder = sigmoid, inverse = mse}",
        "method=pred, exit.look-ahead.depth=3",
        "method=pred, exit.momentum=0.9, engine=torch",
        "network.blocks=[[{type = convolution, filters = 6}, {type = tanh}, {type = max-pool}, {type ="
            + " convolution, filters = 6}, {type = elu, alpha = 0.5}], [{type = flatten}, {type ="
            + " dense, units = 20}, {type = leaky-relu}, {type = dense, units = 9}, {type = sigmoid}]]",
        "network.blocks=[[{type = convolution, filters = 6, kernel = 5, stride = 2, padding = 1, bias"
            + " = true}, {type = relu}, {type = average-pool}], [{type = adaptive-average-pool, side"
            + " = 3}, {type = global-average-pool}, {type = dense, units = 20}, {type = batch-norm},"
            + " {type = relu}, {type = dense, units = 9, bias = false}]]");
  }

  /** Of texts. */
  public static List<String> ofTexts() {
    return List.of(
        "backbone=text-lstm, method=al, al.bridge.features=summed, text-lstm.carry=true",
        "backbone=text-lstm, method=bp, exit.features=flat",
        "backbone=text-lstm, method=pred, exit.momentum=0.9",
        "backbone=text-transformer, method=pred, text-transformer.positions=true",
        "network.blocks=[[{type = embedding, width = 6, rate = 1}, {type = lstm, units = 3, carry ="
            + " true}, {type = residual, body = [{type = layer-norm}]}], [{type = dropout, share ="
            + " 0.1}, {type = lstm, units = 3, carry = true}, {type = dense, units = 5}, {type ="
            + " tanh}], [{type = lstm, units = 4, carry = false}, {type = final-states, combined ="
            + " sum}]]");
  }
}
