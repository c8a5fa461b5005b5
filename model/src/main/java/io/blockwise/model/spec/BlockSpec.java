package io.blockwise.model.spec;

import static io.blockwise.base.Checks.requireAtLeast;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One block: the unit that is trained on its own. No gradient leaves it.
 *
 * <p>Always true: at least one layer. Immutable.
 *
 * @param layers in order of computation; the last one's output is the block's output
 * @param loss local objective
 * @param exit class scores of the block's output
 * @param optimiser of all parameters of the block
 */
public record BlockSpec(
    List<LayerSpec> layers, LossSpec loss, ExitSpec exit, OptimiserSpec optimiser)
    implements Serializable {
  /** The module that computes the block's output. */
  public static final String LAYERS = "layers";

  /** The module that gives class scores. */
  public static final String EXIT = "exit";

  public BlockSpec {
    layers = List.copyOf(layers);
    requireAtLeast("block.layers", layers.size(), 1);
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(optimiser, "optimiser");
  }

  /** The same block with another optimiser. */
  public BlockSpec with(OptimiserSpec other) {
    return new BlockSpec(layers, loss, exit, other);
  }

  /**
   * What the block hands on.
   *
   * @param in what it reads
   * @throws IllegalArgumentException if a layer or the loss cannot read what comes to it
   */
  public Border output(Border in, int classes) {
    Shape output = modules(in, classes).get(LAYERS).output();
    return loss.handsOn(in.with(output), classes);
  }

  /**
   * All that the block is made of, in the order of its tensors: {@link #LAYERS}, the modules of its
   * loss, and {@link #EXIT} if it has one.
   *
   * @param in what it reads
   * @throws IllegalArgumentException if a layer or the loss cannot read what comes to it
   */
  public Map<String, ModuleSpec> modules(Border in, int classes) {
    ModuleSpec body = ModuleSpec.of(in.activation()).then(LAYERS, layers);
    Border behind = in.with(body.output());
    Map<String, ModuleSpec> modules = new LinkedHashMap<>();
    modules.put(LAYERS, body);
    modules.putAll(loss.modules(behind, classes));
    loss.exit(exit, behind.activation(), classes).ifPresent(module -> modules.put(EXIT, module));
    return Collections.unmodifiableMap(modules);
  }
}
