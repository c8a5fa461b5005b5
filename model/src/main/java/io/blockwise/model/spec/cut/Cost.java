package io.blockwise.model.spec.cut;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What one example takes in a block, by its specification: layers, head and exit. Immutable.
 *
 * @param flops operations of the forward pass, where a multiplication and an addition are two; a
 *     training step takes about three times as many
 * @param activationBytes that are kept for the way back, in single precision: an activation that
 *     may write over what it reads adds none, and neither does what a residual layer has added up
 */
public record Cost(long flops, long activationBytes) {
  /** Of nothing. */
  public static final Cost NONE = new Cost(0, 0);

  /** What blocks are balanced by. */
  public enum Measure {
    /** {@link Cost#flops}: time. */
    FLOPS,
    /** {@link Cost#activationBytes}: memory. */
    ACTIVATIONS
  }

  /** One of the two. */
  public long by(Measure measure) {
    return measure == Measure.FLOPS ? flops : activationBytes;
  }

  /** Of both. */
  public Cost plus(Cost other) {
    return new Cost(flops + other.flops, activationBytes + other.activationBytes);
  }

  /** Of every block of a network, first to last. */
  public static List<Cost> of(NetworkSpec network) {
    List<Cost> costs = new ArrayList<>();
    for (int k = 0; k < network.blocks().size(); k++) {
      BlockSpec block = network.blocks().get(k);
      costs.add(of(block.modules(network.borders().get(k), network.classes()).values()));
    }
    return costs;
  }

  /** Of all these modules. */
  public static Cost of(Collection<ModuleSpec> modules) {
    return modules.stream().map(Cost::of).reduce(NONE, Cost::plus);
  }

  private static Cost of(ModuleSpec module) {
    Cost sum = NONE;
    Shape shape = module.input();
    for (int i = 0; i < module.parts().size(); i++) {
      LayerSpec layer = module.parts().get(i).layer();
      Shape output = layer.output(shape);
      if (layer instanceof LayerSpec.Residual residual) {
        sum = sum.plus(side(residual.body("", shape))).plus(side(residual.shortcut("", shape)));
      }
      boolean newArray = !(isActivation(layer) && module.mayOverwrite(i)) && !isView(layer);
      long bytes = newArray ? (long) output.elements() * Float.BYTES : 0;
      sum = sum.plus(new Cost(flops(layer, shape, output), bytes));
      shape = output;
    }
    return sum;
  }

  /** Of a side of a sum, whose way back does without what was added. */
  private static Cost side(ModuleSpec module) {
    Cost cost = of(module);
    boolean forgets = module.mayOverwrite(module.parts().size());
    long last = forgets ? (long) module.output().elements() * Float.BYTES : 0;
    return new Cost(cost.flops, cost.activationBytes - last);
  }

  /** Other layers than those with weights take about one for every value that they read. */
  private static long flops(LayerSpec layer, Shape in, Shape out) {
    if (layer instanceof LayerSpec.Convolution convolution) {
      return 2L * convolution.kernel() * convolution.kernel() * in.channels() * out.elements();
    }
    if (layer instanceof LayerSpec.Dense) {
      return 2L * in.channels() * out.elements();
    }
    if (layer instanceof TextLayers.Lstm lstm) {
      long perUnit = 2L * TextLayers.Lstm.GATES * (in.channels() + lstm.units());
      return perUnit * out.elements();
    }
    if (layer instanceof TextLayers.Attention) {
      long projections = 8L * in.channels() * in.elements();
      return projections + 4L * in.requireSequence("attention").positions() * in.elements();
    }
    return layer instanceof LayerSpec.Residual ? out.elements() : in.elements();
  }

  private static boolean isActivation(LayerSpec layer) {
    return layer instanceof LayerSpec.Relu
        || layer instanceof LayerSpec.Tanh
        || layer instanceof LayerSpec.Sigmoid
        || layer instanceof LayerSpec.Elu
        || layer instanceof LayerSpec.LeakyRelu;
  }

  private static boolean isView(LayerSpec layer) {
    return layer instanceof LayerSpec.Flatten;
  }
}
