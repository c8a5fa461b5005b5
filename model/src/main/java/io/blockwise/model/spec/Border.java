package io.blockwise.model.spec;

import java.util.Objects;
import java.util.Optional;

/**
 * What stands between two blocks: shapes of one example of all that goes from one to the next, and
 * before the first block, of what it reads. Immutable.
 *
 * @param activation what the next block's layers read
 * @param target what the next block's loss is given beside the labels, where blocks learn targets
 *     of each other
 * @param image what the first block read, where a later one reads it as well
 */
public record Border(Shape activation, Optional<Shape> target, Optional<Shape> image) {
  public Border {
    Objects.requireNonNull(activation, "activation");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(image, "image");
  }

  /** Of an activation alone. */
  public static Border of(Shape activation) {
    return new Border(activation, Optional.empty(), Optional.empty());
  }

  /** Before the first block, where a later one reads the image as well. */
  static Border ofImage(Shape image) {
    return new Border(image, Optional.empty(), Optional.of(image));
  }

  /** The same behind layers that give another activation. */
  Border with(Shape activation) {
    return new Border(activation, target, image);
  }

  /** The same without a target for the next block. */
  Border withoutTarget() {
    return new Border(activation, Optional.empty(), image);
  }

  /** The same with a target for the next block. */
  public Border withTarget(Shape target) {
    return new Border(activation, Optional.of(target), image);
  }
}
