package io.blockwise.job.config.comparison;

import static io.blockwise.base.Checks.invalid;

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
   */
  public record Compare(List<Long> seeds, Optional<String> into) {
    public Compare {
      if (Set.copyOf(seeds).size() < seeds.size()) {
        throw invalid("compare.seeds", seeds, "must have every seed once");
      }
      seeds = List.copyOf(seeds);
    }
  }
}
