package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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

  /**
   * What a setting of exits that read a block's output must be beside losses that have none such.
   *
   * @param neutral value without effect
   */
  public static String withoutExits(String neutral, List<LossSpec> losses) {
    return with(neutral, losses) + ", whose exits read no block's output";
  }

  /** What a setting that is to teach blocks must be beside losses by whose exits none learns. */
  static String withoutTeachers(String neutral, List<LossSpec> losses) {
    return losses.stream().noneMatch(LossSpec::exitReadsOutput)
        ? withoutExits(neutral, losses)
        : with(neutral, losses) + ", whose exits are probes here, which train no block";
  }

  private static String with(String neutral, List<LossSpec> losses) {
    String names =
        losses.stream()
            .map(loss -> Names.of(loss.getClass()))
            .distinct()
            .collect(Collectors.joining(" and "));
    return "must be " + neutral + " with loss " + names;
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
