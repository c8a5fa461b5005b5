package io.blockwise.model.exits;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.cut.Cost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Operations that one row takes in inference, block by block and exit by exit, by the network's
 * specification; a multiplication and an addition are two. Texts count at their greatest length.
 * Immutable.
 *
 * @param blocks of the layers of every block, first to last
 * @param exits of what every block answers by; where blocks answer by targets, on the way down
 *     through the earlier ones
 */
public record ExitCosts(List<Long> blocks, List<Long> exits) {
  public ExitCosts {
    blocks = List.copyOf(blocks);
    exits = List.copyOf(exits);
  }

  /** Of a network. */
  public static ExitCosts of(NetworkSpec network) {
    List<Long> blocks = new ArrayList<>();
    List<Long> exits = new ArrayList<>();
    long decoders = 0;
    for (int k = 0; k < network.blocks().size(); k++) {
      BlockSpec block = network.blocks().get(k);
      Map<String, ModuleSpec> modules = block.modules(network.borders().get(k), network.classes());
      long sides =
          IntStream.range(0, block.sides().size())
              .mapToLong(i -> flops(modules, BlockSpec.side(i)))
              .sum();
      blocks.add(flops(modules, BlockSpec.LAYERS, BlockSpec.CONTEXT) + sides);
      if (block.loss().answersByTargets()) {
        decoders += flops(modules, "decoder");
        exits.add(flops(modules, "bridge") + decoders);
      } else {
        long head = block.loss().exitReadsOutput() ? 0 : flops(modules, "head");
        exits.add(head + flops(modules, BlockSpec.EXIT, Momentum.LOCAL, Momentum.SLOW));
      }
    }
    return new ExitCosts(blocks, exits);
  }

  private static long flops(Map<String, ModuleSpec> modules, String... names) {
    return Cost.of(Stream.of(names).filter(modules::containsKey).map(modules::get).toList())
        .flops();
  }

  /** Of a row that a block, from 1, answers, and no other exit is asked. */
  public long shortcut(int block) {
    return sum(blocks, block) + exits.get(block - 1);
  }

  /** Of a row that the last block answers, and no other exit is asked. */
  public long fullPath() {
    return shortcut(blocks.size());
  }

  /** Of a row that leaves at a block, from 1, and was asked about at every exit up to it. */
  public long leaving(int block) {
    return sum(blocks, block) + sum(exits, block);
  }

  /** {@link #leaving} of every block as shares of {@link #fullPath}; the last is above 1. */
  public List<Double> shares() {
    return IntStream.rangeClosed(1, blocks.size())
        .mapToObj(k -> leaving(k) / (double) fullPath())
        .toList();
  }

  private static long sum(List<Long> flops, int first) {
    return flops.subList(0, first).stream().mapToLong(Long::longValue).sum();
  }
}
