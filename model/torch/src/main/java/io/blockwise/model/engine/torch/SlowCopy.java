package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Momentum;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters that follow those of the next block's first layers (MAN; methods 2k): a block's own,
 * of which no gradient is taken. Without tensors if its exit has no momentum. Used by the block's
 * thread.
 */
final class SlowCopy {
  private final FlatState values;
  private final double rate;
  private final Host host;
  private Map<String, Tensor> followed = Map.of();
  private Map<String, Tensor> statistics = Map.of();

  SlowCopy(TensorTable table, double rate, Host host) {
    values = new FlatState(StateKind.SLOW, table, new float[table.length()], host);
    this.rate = rate;
    this.host = host;
  }

  /**
   * What an exit reads the output by, with the exit behind it.
   *
   * @param local a copy of the next block's first layers with weights of its own
   * @param slow the one whose weights are these
   */
  static UnaryOperator<Layer> mixed(Layer local, Layer slow) {
    return exit ->
        (x, pass) -> {
          Tensor scale = pass.parameter(Momentum.SCALE);
          Tensor rest = scale.neg().add(new Scalar(2.0));
          // it has none of its own: answers take those of the next block
          Pass ofSlow = pass.training() ? pass.withoutStatistics() : pass;
          // each begins with the states that the block hands on
          Tensor ofLocal = local.forward(x, pass.aside()).mul(scale);
          Tensor mixed = ofLocal.add(slow.forward(x, ofSlow.aside()).mul(rest));
          return exit.forward(mixed, pass);
        };
  }

  /**
   * Names the block that they follow.
   *
   * @param next its parameters
   * @param running its running statistics, which answers take with them
   */
  void follows(FlatState next, FlatState running) {
    Map<String, Tensor> theirs = next.tensors();
    Map<String, Tensor> found = new HashMap<>();
    for (TensorTable.Entry entry : values.table().entries()) {
      String name = entry.name().replace(Momentum.SLOW, BlockSpec.LAYERS);
      found.put(entry.name(), theirs.get(name));
    }
    followed = Map.copyOf(found);
    statistics =
        running.tensors().entrySet().stream()
            .filter(entry -> !followed.isEmpty() && entry.getKey().startsWith(BlockSpec.LAYERS))
            .collect(
                Collectors.toUnmodifiableMap(
                    entry -> entry.getKey().replace(BlockSpec.LAYERS, Momentum.SLOW),
                    Map.Entry::getValue));
  }

  FlatState values() {
    return values;
  }

  /** The tensors that they follow, by the names of these. */
  Map<String, Tensor> followed() {
    return followed;
  }

  /** The running statistics of the block that they follow, by the names that these would have. */
  Map<String, Tensor> statistics() {
    return statistics;
  }

  /** One map of both. */
  static Map<String, Tensor> beside(Map<String, Tensor> own, Map<String, Tensor> slow) {
    if (slow.isEmpty()) {
      return own;
    }
    Map<String, Tensor> both = new HashMap<>(own);
    both.putAll(slow);
    return both;
  }

  /** What they follow, as it is now. */
  float[] beginning() {
    float[] all = new float[values.length()];
    for (TensorTable.Entry entry : values.table().entries()) {
      float[] one = new float[entry.length()];
      host.run(() -> Host.read(followed.get(entry.name()), one, 0));
      System.arraycopy(one, 0, all, entry.offset(), one.length);
    }
    return all;
  }

  /** {@code w <- rate w + (1 - rate) w_next}. */
  void step() {
    if (followed.isEmpty()) {
      return;
    }
    host.run(
        () ->
            values
                .tensors()
                .forEach(
                    (name, tensor) ->
                        tensor
                            .mul_(new Scalar(rate))
                            .add_(followed.get(name), new Scalar(1 - rate))));
  }
}
