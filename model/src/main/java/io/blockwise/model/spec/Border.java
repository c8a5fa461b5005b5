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
 */
public record Border(Shape activation, Optional<Shape> target) {
  public Border {
    Objects.requireNonNull(activation, "activation");
    Objects.requireNonNull(target, "target");
  }

  /** Of an activation alone. */
  public static Border of(Shape activation) {
    return new Border(activation, Optional.empty());
  }

  /** The same behind layers that give another activation. */
  Border with(Shape activation) {
    return new Border(activation, target);
  }
}
