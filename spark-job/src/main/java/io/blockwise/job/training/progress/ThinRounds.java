package io.blockwise.job.training.progress;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.AveragingOptions.Rule;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells, once in a run, that rounds which do not wait for everybody have so few pushes, and so old
 * ones, that the average runs past what it should become: a round counts in full however few it is
 * of, and the others of that time come as further rounds. Where workers were simulated ({@code
 * docs/performance.md}, "Many workers, simulated"), models were as good as with rule {@code
 * average}, or better, up to 2.0 times as many rounds of staleness as a round had pushes, and worse
 * or lost from 2.7 on.
 *
 * <p>Used by the driver's thread.
 */
final class ThinRounds {
  /** Rounds of staleness for every push of a round. */
  private static final double MOST = 2.5;

  /** Fewer say little. */
  private static final int PUSHES_PER_MEMBER = 8;

  private final List<BlockLedger> ledgers;
  private final List<Seen> before;
  private boolean told;

  private ThinRounds(List<BlockLedger> ledgers) {
    this.ledgers = ledgers;
    before = new ArrayList<>(ledgers.stream().map(Seen::of).toList());
  }

  /** Looks at a run from now on; at nothing unless its rounds may end without some workers. */
  static ThinRounds of(AveragingOptions options, List<BlockLedger> ledgers) {
    boolean looks = options.rule() == Rule.QUORUM && !options.lockStep();
    return new ThinRounds(looks ? ledgers : List.of());
  }

  /** What a ledger has come to. */
  private record Seen(PushCounts counts, long version) {
    static Seen of(BlockLedger ledger) {
      return new Seen(ledger.counts(), ledger.state().version());
    }

    long pushesSince(Seen other) {
      return counts.accepted() - other.counts.accepted();
    }

    /** Rounds by which the pushes since were behind, in the mean. */
    double stalenessSince(Seen other) {
      return (counts.stalenessSum() - other.counts.stalenessSum()) / pushesSince(other);
    }

    double pushesPerRoundSince(Seen other) {
      return (double) pushesSince(other) / Math.max(1, version - other.version);
    }
  }

  /** What there is to tell, of the pushes since the last look. */
  Optional<Alarms.Warning> check(int epoch) {
    for (int k = 0; k < ledgers.size() && !told; k++) {
      Seen then = before.get(k);
      Seen now = Seen.of(ledgers.get(k));
      if (now.pushesSince(then) >= PUSHES_PER_MEMBER * ledgers.get(k).members()) {
        before.set(k, now);
        double staleness = now.stalenessSince(then);
        double pushes = now.pushesPerRoundSince(then);
        if (staleness > MOST * pushes) {
          told = true;
          return Optional.of(warning(epoch, k + 1, staleness, pushes));
        }
      }
    }
    return Optional.empty();
  }

  private static Alarms.Warning warning(int epoch, int block, double staleness, double pushes) {
    String text =
        String.format(
            Locale.ROOT,
            "Block %d in epoch %d: pushes are %.1f rounds behind in the mean, and a round has %.1f:"
                + " replies come too late for rounds, each of which counts in full however few it is"
                + " of (raise averaging.period so that replies come well within it, or set"
                + " averaging.rule = average)",
            block,
            epoch,
            staleness,
            pushes);
    return new Alarms.Warning(epoch, block, "staleness", staleness, text);
  }
}
