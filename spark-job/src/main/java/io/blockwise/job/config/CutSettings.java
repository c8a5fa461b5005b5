package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.spec.cut.Cost;
import java.util.List;

/**
 * Into how many blocks the layers of a network are cut, and where. Immutable.
 *
 * @param blocks 0 for the backbone's own blocks
 * @param blocksBy what the blocks have in equal parts; of no use without their number, so then what
 *     it is by default
 * @param cut units of every block; empty if they follow from the other two
 */
public record CutSettings(int blocks, Cost.Measure blocksBy, List<Integer> cut) {
  public CutSettings {
    cut = List.copyOf(cut);
    requireAtLeast("blocks", blocks, 0);
    if (cut.stream().anyMatch(units -> units < 1)) {
      throw invalid("cut", cut, "must be units of every block, each at least 1");
    }
    if (blocks == 0 && blocksBy != Cost.Measure.FLOPS) {
      throw invalid("blocks-by", Names.of(blocksBy), "must be flops unless blocks is set");
    }
    if (blocks > 0 && !cut.isEmpty() && cut.size() != blocks) {
      throw invalid("cut", cut, "must be " + blocks + " numbers, as blocks says");
    }
  }

  /** Whether the network keeps its own blocks. */
  boolean isNone() {
    return blocks == 0 && cut.isEmpty();
  }

  /** The same with the place of the cuts. */
  CutSettings at(List<Integer> units) {
    return new CutSettings(blocks, blocksBy, units);
  }

  /**
   * Refuses what a network does not have.
   *
   * @param units that there are
   * @param network what it is called
   */
  void requireWithin(int units, String network) {
    if (blocks > units) {
      throw invalid("blocks", blocks, "must be at most " + units + ", the units of " + network);
    }
    if (!cut.isEmpty() && cut.stream().mapToLong(Integer::longValue).sum() != units) {
      throw invalid("cut", cut, "must add up to " + units + ", the units of " + network);
    }
  }
}
