package io.blockwise.job.training.growth;

import io.blockwise.base.UserException;
import io.blockwise.job.config.GrowthSettings;
import io.blockwise.job.config.GrowthSettings.Earlier;
import io.blockwise.job.config.Settings;
import io.blockwise.job.worker.BlockSpan;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Which blocks train in which epoch, as far as that is known before the run. Immutable.
 *
 * @param blocks of the whole network
 * @param ancestors of them, the first ones, that come from a published model
 * @param at epochs, ascending, at whose beginning a block joins
 * @param earlier what becomes of the blocks before
 */
public record GrowthPlan(int blocks, int ancestors, List<Integer> at, Earlier earlier) {
  public GrowthPlan {
    at = List.copyOf(at);
  }

  /**
   * The plan of a run.
   *
   * @param ancestors blocks of {@code growth.from}; 0 without
   * @throws UserException as {@link #requireRoom}
   */
  public static GrowthPlan of(Settings settings, NetworkSpec network, int ancestors) {
    if (settings.warmStart().isOn()) {
      return warm(settings.warmStart().frozen(), network, ancestors);
    }
    requireRoom(settings, network, ancestors);
    GrowthSettings growth = settings.growth();
    return new GrowthPlan(network.blocks().size(), ancestors, growth.at(), growth.earlier());
  }

  /** All blocks are there; the first ones may stay as they are, unless they are drawn anew. */
  private static GrowthPlan warm(int frozen, NetworkSpec network, int ancestors) {
    int blocks = network.blocks().size();
    if (frozen >= blocks) {
      throw UserException.invalid(
          "warm-start.frozen", frozen, "must be below " + blocks + ", the number of blocks");
    }
    return new GrowthPlan(blocks, ancestors == 0 ? 0 : frozen, List.of(), Earlier.FROZEN);
  }

  /**
   * Refuses more blocks that join than there are.
   *
   * @throws UserException if no block is left for the first epoch, or blocks join behind one that
   *     learns from the loss of the next one
   */
  public static void requireRoom(Settings settings, NetworkSpec network, int ancestors) {
    GrowthSettings growth = settings.growth();
    int blocks = network.blocks().size();
    int least = growth.earlier() == Earlier.FROZEN ? ancestors + 1 : Math.max(1, ancestors);
    if (blocks - growth.at().size() < least) {
      throw UserException.invalid(
          "growth.at",
          growth.at(),
          "must be at most "
              + (blocks - least)
              + " epochs, since "
              + least
              + " of the "
              + blocks
              + " blocks are there in the first one");
    }
    if (!growth.at().isEmpty() && network.blocks().stream().anyMatch(block -> block.span() > 1)) {
      throw UserException.invalid(
          "growth.at", growth.at(), "must be [] with span = 2, where a block needs the next one");
    }
  }

  /** The blocks of an epoch, counted from 1. */
  public TrainedBlocks of(int epoch) {
    int later = (int) at.stream().filter(joins -> joins <= epoch).count();
    int joined = blocks - at.size() + later;
    if (earlier == Earlier.TRAINED) {
      return new TrainedBlocks(0, joined);
    }
    return new TrainedBlocks(later == 0 ? ancestors : joined - 1, joined);
  }

  /**
   * The part of a run in which each block trains; of one that never does a part that is over.
   *
   * @param examples of every epoch
   */
  public List<BlockSpan> spans(List<Long> examples) {
    List<BlockSpan> spans = new ArrayList<>();
    for (int block = 1; block <= blocks; block++) {
      long before = 0;
      long own = 0;
      for (int epoch = 1; epoch <= examples.size(); epoch++) {
        TrainedBlocks trained = of(epoch);
        boolean trains = trained.frozen() < block && block <= trained.joined();
        own += trains ? examples.get(epoch - 1) : 0;
        before += own == 0 ? examples.get(epoch - 1) : 0;
      }
      spans.add(new BlockSpan(own == 0 ? 0 : before, Math.max(1, own)));
    }
    return spans;
  }
}
