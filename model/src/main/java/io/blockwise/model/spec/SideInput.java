package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A further field of the rows that a block reads beside the output of the block before it: a second
 * text, further channels of an image, numbers (new features: Peng 2021, Huang 2022; methods 2h).
 * What the field goes through is a module of the block, whose parameters are trained with all
 * others of the block.
 *
 * <p>Rows that lack the field are answered by the exits of the blocks before. Immutable.
 *
 * @param field name in the data set
 * @param shape of one row's value
 * @param join how it comes together with what the block reads
 * @param layers that it goes through first, such as an embedding; what brings it to the shape that
 *     the join needs follows by itself
 */
public record SideInput(String field, Shape shape, Join join, List<LayerSpec> layers)
    implements Serializable {
  /** How two inputs become one. */
  public enum Join {
    /**
     * One behind the other: the text's positions behind those of each row, or a vector as one more
     * position. Of sequences.
     */
    SEQUENCE,
    /** Side by side: the vector's values behind those of each row. Of vectors. */
    VECTOR,
    /**
     * Added: a map to a map of its size, by a convolution; everything else as a vector that a dense
     * layer gives, to each position of a sequence or map.
     */
    ADD
  }

  public SideInput {
    layers = List.copyOf(layers);
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(join, "join");
    if (field.isBlank()) {
      throw invalid("side.inputs.field", "\"\"", "must name a further field of the data set");
    }
  }

  /** Whether it has a table, of which a step changes the rows that it reads. */
  boolean embeds() {
    return !layers.isEmpty() && layers.get(0) instanceof TextLayers.Embedding;
  }

  /**
   * What brings the field to what {@link #joined} takes.
   *
   * @param name of its layers
   * @param input what the block reads without it
   * @throws IllegalArgumentException if the two cannot be joined so
   */
  ModuleSpec module(String name, Shape input) {
    ModuleSpec module = ModuleSpec.of(shape).then(name, layers);
    return switch (join) {
      case SEQUENCE -> positions(name, module, input);
      case VECTOR -> values(name, module, input);
      case ADD -> summand(name, module, input);
    };
  }

  /**
   * What the block's layers read then.
   *
   * @param input what the block reads without it
   * @param side what its module gives
   */
  Shape joined(Shape input, Shape side) {
    return switch (join) {
      case SEQUENCE ->
          Shape.sequence(
              input.requireSequence(field).positions() + positions(side), input.channels());
      case VECTOR -> Shape.vector(input.elements() + side.elements());
      case ADD -> input;
    };
  }

  private static int positions(Shape side) {
    return side instanceof Shape.Sequence sequence ? sequence.positions() : 1;
  }

  private ModuleSpec positions(String name, ModuleSpec module, Shape input) {
    if (!(input instanceof Shape.Sequence)) {
      throw unfit(input, "a sequence [positions, features]");
    }
    ModuleSpec flat =
        module.output() instanceof Shape.FeatureMap ? flattened(name, module) : module;
    boolean fits =
        flat.output() instanceof Shape.Sequence && flat.output().channels() == input.channels();
    return fits ? flat : dense(name, flat, input.channels());
  }

  private ModuleSpec values(String name, ModuleSpec module, Shape input) {
    if (!(input instanceof Shape.Vector)) {
      throw unfit(input, "a vector");
    }
    return flattened(name, module);
  }

  private ModuleSpec summand(String name, ModuleSpec module, Shape input) {
    if (input instanceof Shape.FeatureMap map
        && module.output() instanceof Shape.FeatureMap image) {
      return Context.convolution(name, module, image, map);
    }
    int width = input instanceof Shape.Vector ? input.elements() : input.channels();
    return dense(name, flattened(name, module), width);
  }

  private static ModuleSpec flattened(String name, ModuleSpec module) {
    Shape output = module.output();
    if (output instanceof Shape.Sequence) {
      return module.then(name + ".mean", new TextLayers.TokenMean());
    }
    return output instanceof Shape.Vector
        ? module
        : module.then(name + ".flat", new LayerSpec.Flatten());
  }

  private static ModuleSpec dense(String name, ModuleSpec module, int width) {
    return module.then(name + ".fit", new LayerSpec.Dense(width, true));
  }

  private IllegalArgumentException unfit(Shape input, String needed) {
    return invalid(
        "side.inputs.join",
        Names.of(join),
        "needs a block that reads " + needed + ", and this one reads " + input + ": use add");
  }
}
