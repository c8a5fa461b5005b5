package io.blockwise.model.spec.assembly;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which block is trained by which loss. Immutable.
 *
 * <p>Always true: a last block's own loss is not named twice.
 *
 * @param all of every block that has none of its own
 * @param each of every block, first to last; empty if they have none of their own
 * @param last of the last block
 */
public record Losses(LossSpec all, List<LossSpec> each, Optional<LossSpec> last) {
  public Losses {
    each = List.copyOf(each);
    if (!each.isEmpty() && last.isPresent()) {
      throw invalid(
          "last-loss",
          Names.of(last.get().getClass()),
          "must be empty beside losses, which has the last block's, too");
    }
  }

  /** The same for all blocks. */
  public static Losses of(LossSpec all) {
    return new Losses(all, List.of(), Optional.empty());
  }

  /** Those of all blocks, and no others. */
  public List<LossSpec> used() {
    return each.isEmpty() ? Stream.concat(Stream.of(all), last.stream()).toList() : each;
  }

  /** That of the last block. */
  public LossSpec ofLast() {
    return each.isEmpty() ? last.orElse(all) : each.get(each.size() - 1);
  }

  /**
   * The loss of a block.
   *
   * @param block from 0
   * @param blocks of the network
   * @throws io.blockwise.base.InvalidValueException if every block has its own and there are not so
   *     many
   */
  public LossSpec of(int block, int blocks) {
    if (each.isEmpty()) {
      return block == blocks - 1 ? ofLast() : all;
    }
    if (each.size() != blocks) {
      throw invalid(
          "losses",
          each.size() + " losses",
          "must be one for each block of the network, which has " + blocks);
    }
    return each.get(block);
  }
}
