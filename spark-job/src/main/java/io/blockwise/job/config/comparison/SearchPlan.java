package io.blockwise.job.config.comparison;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.CompareKeys.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Who is trained in a search, and for how long. Its runs are those of the first rung, candidate by
 * candidate, then those of the next one. Immutable.
 *
 * @param settings of the configuration without what is drawn, whose model the winner becomes
 * @param candidates values of each by key
 * @param rungs trainings of one length, first to last; a random search has one
 * @param minutes of all trainings after which none begins; 0 for no limit
 */
public record SearchPlan(
    Settings settings,
    List<SortedMap<String, String>> candidates,
    List<Rung> rungs,
    double minutes) {
  /** Candidates of a random search that has minutes alone. */
  private static final int MOST = 200;

  public SearchPlan {
    candidates = List.copyOf(candidates);
    rungs = List.copyOf(rungs);
  }

  /**
   * Trainings of one length. Immutable.
   *
   * @param epochs of each
   * @param entrants how many there are, at most
   */
  public record Rung(int epochs, int entrants) {}

  /**
   * The rungs of a search.
   *
   * @param epochs of the last one, {@code training.epochs}
   * @throws io.blockwise.base.InvalidValueException if there are too few trainings or epochs
   */
  static List<Rung> rungs(Search search, int epochs) {
    if (search.kind() == Search.Kind.RANDOM) {
      return List.of(new Rung(epochs, search.trainings() == 0 ? MOST : search.trainings()));
    }
    List<Integer> lengths = lengths(search, epochs);
    int candidates = search.trainings();
    while (candidates > 0 && trainings(candidates, search.eta(), lengths) > search.trainings()) {
      candidates--;
    }
    if (candidates == 0) {
      throw invalid(
          "compare.search.trainings",
          search.trainings(),
          "must be at least " + lengths.size() + ", one for each of the epochs " + lengths);
    }
    List<Rung> rungs = new ArrayList<>();
    int entrants = candidates;
    for (int length : lengths) {
      rungs.add(new Rung(length, entrants));
      entrants = Math.max(1, entrants / search.eta());
    }
    return rungs;
  }

  private static List<Integer> lengths(Search search, int epochs) {
    if (search.leastEpochs() > epochs) {
      throw invalid(
          "compare.search.least-epochs",
          search.leastEpochs(),
          "must be at most training.epochs, which is " + epochs);
    }
    List<Integer> lengths = new ArrayList<>();
    for (long length = search.leastEpochs(); length < epochs; length *= search.eta()) {
      lengths.add((int) length);
    }
    lengths.add(epochs);
    return lengths;
  }

  private static int trainings(int candidates, int eta, List<Integer> lengths) {
    int sum = 0;
    int entrants = candidates;
    for (int rung = 0; rung < lengths.size(); rung++) {
      sum += entrants;
      entrants = Math.max(1, entrants / eta);
    }
    return sum;
  }

  /** What a run is called: {@code c07}, or with several rungs {@code c07-e9}. */
  static String name(int candidate, Rung rung, int rungs) {
    String name = String.format("c%02d", candidate + 1);
    return rungs == 1 ? name : name + "-e" + rung.epochs();
  }
}
