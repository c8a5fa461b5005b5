package io.blockwise.job.compare;

import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.config.comparison.Comparison.Run;
import io.blockwise.job.config.comparison.SearchPlan;
import io.blockwise.job.config.comparison.SearchPlan.Rung;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides by what candidates have reached on validation who is trained next, and who has won. Knows
 * nothing of test. Thread-safe.
 */
final class Search {
  private static final double SECONDS = 60;

  private final SearchPlan plan;
  private final List<Run> runs;
  private final Standings standings;

  /**
   * @param comparison with a search
   * @param standings of its runs
   */
  Search(Comparison comparison, Standings standings) {
    this.plan = comparison.search().orElseThrow();
    this.runs = comparison.runs();
    this.standings = standings;
  }

  /** Trainings of one length, first to last. */
  int rungs() {
    return plan.rungs().size();
  }

  /**
   * Who is trained in a rung: in the first one everybody, in a later one those who were best on
   * validation in the one before, of equals the earlier candidate.
   *
   * @param rung from 0
   */
  List<Run> entrants(int rung) {
    if (rung == 0) {
      return ofRung(0).stream().map(Standings.Entry::run).toList();
    }
    Rung next = plan.rungs().get(rung);
    return ranked(rung - 1).stream()
        .limit(next.entrants())
        .map(entry -> runs.get(at(candidate(entry.run()), rung)))
        .toList();
  }

  private List<Standings.Entry> ranked(int rung) {
    List<Run> entrants = entrants(rung);
    return ofRung(rung).stream()
        .filter(entry -> entry.result().isPresent() && entrants.contains(entry.run()))
        .sorted(
            Comparator.comparingDouble(
                (Standings.Entry entry) -> -validation(entry.result().get())))
        .toList();
  }

  private List<Standings.Entry> ofRung(int rung) {
    int candidates = plan.candidates().size();
    return standings.entries().subList(at(0, rung), at(0, rung) + candidates);
  }

  private int at(int candidate, int rung) {
    return rung * plan.candidates().size() + candidate;
  }

  /** Index of a run's candidate, from 0. */
  int candidate(Run run) {
    return runs.indexOf(run) % plan.candidates().size();
  }

  /** Accuracy of the last block on validation, 0..1. */
  static double validation(Result result) {
    List<Double> accuracy = result.metrics().validation().accuracy();
    return accuracy.get(accuracy.size() - 1);
  }

  /** Whether no further training is to begin. */
  boolean isOver() {
    double seconds =
        standings.entries().stream()
            .flatMap(entry -> entry.result().stream())
            .mapToDouble(result -> result.metrics().seconds())
            .sum();
    return plan.minutes() > 0 && seconds >= SECONDS * plan.minutes();
  }

  /** The best on validation of the last rung that anybody has finished; empty if none has. */
  Optional<Standings.Entry> winner() {
    for (int rung = rungs() - 1; rung >= 0; rung--) {
      Optional<Standings.Entry> best = ranked(rung).stream().findFirst();
      if (best.isPresent()) {
        return best;
      }
    }
    return Optional.empty();
  }

  /** Runs that were trained or have failed, rung by rung. */
  List<Standings.Entry> entered() {
    List<Standings.Entry> entered = new ArrayList<>();
    for (int rung = 0; rung < rungs(); rung++) {
      List<Run> entrants = entrants(rung);
      ofRung(rung).stream()
          .filter(entry -> entrants.contains(entry.run()))
          .filter(entry -> entry.result().isPresent() || entry.failure().isPresent())
          .forEach(entered::add);
    }
    return entered;
  }

  /** What a candidate has come to in a rung; empty if it was not trained there. */
  Optional<Standings.Entry> entry(int candidate, int rung) {
    Standings.Entry entry = ofRung(rung).get(candidate);
    return entered().contains(entry) ? Optional.of(entry) : Optional.empty();
  }
}
