package io.blockwise.model.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Layers one behind the other, each with the name that its tensors go by: the layers of a block are
 * a module, and so are a head and an exit.
 *
 * <p>Always true: every layer can read what comes to it. Immutable.
 *
 * @param input shape of one example that it reads
 * @param parts in order of computation; without any it hands on what it reads
 */
public record ModuleSpec(Shape input, List<Part> parts) {
  /**
   * Layers whose way back does without their output, so that the next one may write over it. A
   * layer is added here once a gradient check holds with it; until then its output is left alone.
   */
  private static final Set<Class<? extends LayerSpec>> FORGET_OUTPUT =
      Set.of(
          LayerSpec.Convolution.class,
          LayerSpec.BatchNorm.class,
          LayerSpec.MaxPool.class,
          LayerSpec.AveragePool.class,
          LayerSpec.Dense.class,
          LayerSpec.Residual.class,
          TextLayers.LayerNorm.class);

  /**
   * A layer of a module.
   *
   * @param name in full, and before the names of its tensors: {@code head.0}
   * @param fromZero whether all its parameters start at 0, whatever the layer says
   */
  public record Part(String name, LayerSpec layer, boolean fromZero) {}

  /**
   * Checks that the layers fit.
   *
   * @throws IllegalArgumentException if a layer cannot read what comes to it
   */
  public ModuleSpec {
    parts = List.copyOf(parts);
    output(input, parts);
  }

  /** A module without layers. */
  static ModuleSpec of(Shape input) {
    return new ModuleSpec(input, List.of());
  }

  /** With one more layer. */
  ModuleSpec then(String name, LayerSpec layer) {
    return then(new Part(name, layer, false));
  }

  /** With one more layer, whose parameters start at 0. */
  ModuleSpec thenFromZero(String name, LayerSpec layer) {
    return then(new Part(name, layer, true));
  }

  /** With more layers, named {@code name.0}, {@code name.1} and so on. */
  ModuleSpec then(String name, List<LayerSpec> layers) {
    ModuleSpec module = this;
    for (int i = 0; i < layers.size(); i++) {
      module = module.then(name + "." + i, layers.get(i));
    }
    return module;
  }

  private ModuleSpec then(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new ModuleSpec(input, more);
  }

  /** All parts, those that a residual layer is made of behind it. */
  public List<Part> allParts() {
    List<Part> all = new ArrayList<>();
    Shape shape = input;
    for (Part part : parts) {
      all.add(part);
      if (part.layer instanceof LayerSpec.Residual residual) {
        all.addAll(residual.body(part.name, shape).allParts());
        all.addAll(residual.shortcut(part.name, shape).allParts());
      }
      shape = part.layer.output(shape);
    }
    return all;
  }

  /** Whether a part, counted from 0, may write over what it reads. */
  public boolean mayOverwrite(int part) {
    return part > 0 && FORGET_OUTPUT.contains(parts.get(part - 1).layer.getClass());
  }

  /** Whether a pass in training leaves something out by chance. */
  public boolean leavesToChance() {
    return allParts().stream()
        .map(Part::layer)
        .anyMatch(
            layer ->
                layer instanceof TextLayers.Dropout dropout && dropout.share() > 0
                    || layer instanceof TextLayers.Attention attention && attention.dropout() > 0);
  }

  /** Shape of one example of what comes out. */
  public Shape output() {
    return output(input, parts);
  }

  private static Shape output(Shape input, List<Part> parts) {
    Shape shape = input;
    for (Part part : parts) {
      shape = part.layer.output(shape);
    }
    return shape;
  }

  /** The tensors of all layers, named in full: {@code head.0.weight}. */
  public List<TensorSpec> tensors() {
    List<TensorSpec> tensors = new ArrayList<>();
    Shape shape = input;
    for (Part part : parts) {
      for (TensorSpec tensor : part.layer.tensors(shape)) {
        TensorSpec named = tensor.of(part.name);
        tensors.add(part.fromZero ? named.fromZero() : named);
      }
      shape = part.layer.output(shape);
    }
    return tensors;
  }
}
