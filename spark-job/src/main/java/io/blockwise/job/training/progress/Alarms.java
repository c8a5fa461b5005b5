package io.blockwise.job.training.progress;

import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells in an epoch what the figures of a loss say has gone wrong, each at most once per block, and
 * what those of rounds say. Used by the driver's thread.
 */
final class Alarms {
  private final int epoch;
  private final List<LossSpec> losses;
  private final ThinRounds rounds;
  private final Consumer<Warning> told;
  private final Set<String> known = new HashSet<>();

  /**
   * Begins an epoch.
   *
   * @param rounds of the whole run
   */
  Alarms(NetworkSpec network, ThinRounds rounds, int epoch, Consumer<Warning> told) {
    this.rounds = rounds;
    this.epoch = epoch;
    this.told = told;
    losses = network.blocks().stream().map(block -> block.loss()).toList();
  }

  /**
   * A figure of a block that says so. Immutable.
   *
   * @param block from 1
   * @param term of its loss; {@code staleness} of its pushes
   * @param value mean of the term per row; of the staleness per push, in rounds
   * @param text all of it in one line
   */
  record Warning(int epoch, int block, String term, double value, String text) {}

  /** Looks at means over some batches of the epoch. */
  void check(NetworkFigures figures) {
    for (int k = 0; k < losses.size(); k++) {
      for (LossSpec.Alarm alarm : losses.get(k).alarms()) {
        check(k + 1, alarm, figures.blocks().get(k));
      }
    }
    rounds.check(epoch).ifPresent(told);
  }

  private void check(int block, LossSpec.Alarm alarm, BlockFigures figures) {
    Double mean = figures.means().get(alarm.term());
    if (mean != null && mean < alarm.bound() && known.add(block + alarm.term())) {
      told.accept(new Warning(epoch, block, alarm.term(), mean, text(block, alarm, mean)));
    }
  }

  private String text(int block, LossSpec.Alarm alarm, double mean) {
    return String.format(
        Locale.ROOT,
        "Block %d in epoch %d: %s is %.1e, below %.0e: %s",
        block,
        epoch,
        alarm.term(),
        mean,
        alarm.bound(),
        alarm.meaning());
  }
}
