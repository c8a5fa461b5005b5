package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;

/** What a block reads beside what the block before it hands on. */
public enum Context {
  /** Nothing. */
  NONE,
  /**
   * The image: a convolution of it to the shape of the block's input is added to that (ContSup,
   * Zhang and others 2023; methods 2k).
   */
  IMAGE;

  private static final int KERNEL = 3;

  /**
   * What brings an image to the shape of a block's input: a 3x3 convolution with bias, with the
   * stride that does so, or behind an average to that size where none does; for a vector, a dense
   * layer on all values.
   *
   * @param input what the block reads
   * @throws io.blockwise.base.InvalidValueException if no stride gives the size of the block's
   *     input, and that is not square
   */
  public static ModuleSpec module(Shape image, Shape input) {
    ModuleSpec module = ModuleSpec.of(image);
    if (input instanceof Shape.FeatureMap map) {
      return convolution(BlockSpec.CONTEXT, module, image.requireMap(BlockSpec.CONTEXT), map);
    }
    ModuleSpec flat =
        image instanceof Shape.Vector
            ? module
            : module.then(BlockSpec.CONTEXT + ".features", new LayerSpec.Flatten());
    return flat.then(BlockSpec.CONTEXT, new LayerSpec.Dense(input.elements(), true));
  }

  /** A module with what brings an image to the size of a map behind it. */
  static ModuleSpec convolution(
      String name, ModuleSpec module, Shape.FeatureMap image, Shape.FeatureMap map) {
    int stride = Math.max(1, image.height() / map.height());
    LayerSpec direct = new LayerSpec.Convolution(map.channels(), KERNEL, stride, 1, true);
    if (direct.output(image).equals(map)) {
      return module.then(name, direct);
    }
    ModuleSpec averaged =
        module
            .then(name + ".features", new LayerSpec.AdaptiveAveragePool(map.height()))
            .then(name, new LayerSpec.Convolution(map.channels(), KERNEL, 1, 1, true));
    if (averaged.output().equals(map)) {
      return averaged;
    }
    throw invalid(
        name,
        "an image of " + image,
        "must be larger by one stride for height and width than what the block reads, "
            + map
            + ", or that be square");
  }
}
