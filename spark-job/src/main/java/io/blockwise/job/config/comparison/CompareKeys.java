package io.blockwise.job.config.comparison;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the section {@code compare} has beside its runs. Immutable. */
public record CompareKeys(Compare compare) {
  /**
   * The section.
   *
   * <p>Always true: no seed twice.
   *
   * @param seeds of a run that has none of its own; empty for the configuration's {@code seed}
   * @param into Markdown file that gets a section
   * @param search in place of runs
   */
  public record Compare(List<Long> seeds, Optional<String> into, Search search) {
    public Compare {
      if (Set.copyOf(seeds).size() < seeds.size()) {
        throw invalid("compare.seeds", seeds, "must have every seed once");
      }
      seeds = List.copyOf(seeds);
    }
  }

  /**
   * How candidates are found and compared.
   *
   * <p>Always true: a search has a budget.
   *
   * @param seed of what is drawn
   * @param trainings at most; 0 for as many as fit into the minutes
   * @param minutes of all trainings after which none begins; 0 for no limit
   * @param eta of halving: one in so many goes on, with so many times the epochs
   * @param leastEpochs of halving: epochs of the first trainings
   */
  public record Search(
      Kind kind, long seed, int trainings, double minutes, int eta, int leastEpochs) {
    private static final String TRAININGS = "compare.search.trainings";

    public Search {
      requireAtLeast(TRAININGS, trainings, 0);
      if (!(minutes >= 0 && minutes <= Double.MAX_VALUE)) {
        throw invalid("compare.search.minutes", minutes, "must be a number of at least 0");
      }
      requireAtLeast("compare.search.eta", eta, 2);
      requireAtLeast("compare.search.least-epochs", leastEpochs, 1);
      if (kind == Kind.RANDOM && trainings == 0 && minutes == 0) {
        throw invalid(TRAININGS, 0, "must be at least 1, or compare.search.minutes above 0");
      }
      if (kind == Kind.HALVING && trainings == 0) {
        throw invalid(TRAININGS, 0, "must be at least 1 with compare.search.kind = halving");
      }
    }

    /** Ways to search. */
    public enum Kind {
      /** Not at all. */
      NONE,
      /** All candidates are trained alike. */
      RANDOM,
      /** The best go on (successive halving, Jamieson and Talwalkar 2016). */
      HALVING
    }
  }
}
