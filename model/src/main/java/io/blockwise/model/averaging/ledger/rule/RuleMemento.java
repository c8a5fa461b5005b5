package io.blockwise.model.averaging.ledger.rule;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.table.TableShape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a rule knows beside the block's state, and that outlives leases. Immutable. */
public sealed interface RuleMemento extends Serializable {
  /** The rule that it belongs to, in words. Only a rule with the same words can go on from it. */
  String of();

  /**
   * Why it cannot belong to a block, in words; nothing if it can.
   *
   * @param values of the block, without those of its table
   */
  default Optional<String> misfit(int values, TableShape table) {
    return Optional.empty();
  }

  private static Optional<String> misfit(String what, int saved, int values) {
    return saved == 0 || saved == values
        ? Optional.empty()
        : Optional.of(what + " " + saved + ", not " + values);
  }

  /**
   * Of rule {@code average}.
   *
   * @param newestFirst the accepted pushes from which shares follow
   */
  record Window(List<Accepted> newestFirst) implements RuleMemento {
    public Window {
      newestFirst = List.copyOf(newestFirst);
    }

    @Override
    public String of() {
      return "rule average";
    }
  }

  /** Of rule {@code average} with a gain that keeps the norm. */
  record NormWindow(Window window, Norm norm) implements RuleMemento {
    public NormWindow {
      Objects.requireNonNull(window, "window");
      Objects.requireNonNull(norm, "norm");
    }

    @Override
    public String of() {
      return window.of() + " with gain norm";
    }

    @Override
    public Optional<String> misfit(int values, TableShape table) {
      return RuleMemento.misfit("values of the gain", norm.sum().length(), values)
          .or(() -> norm.misfitOfRows(table));
    }
  }

  /** Of rule {@code average} with delayed momentum. */
  record DelayedWindow(Window window, Delayed delayed) implements RuleMemento {
    public DelayedWindow {
      Objects.requireNonNull(window, "window");
      Objects.requireNonNull(delayed, "delayed");
    }

    @Override
    public String of() {
      return window.of() + " with outer optimiser delayed";
    }

    @Override
    public Optional<String> misfit(int values, TableShape table) {
      return RuleMemento.misfit("values of momentum", delayed.from().length(), values)
          .or(() -> RuleMemento.misfit("values of momentum", delayed.momentum().length(), values));
    }
  }

  /** Of rule {@code elastic}, which knows the state alone. */
  record Elastic() implements RuleMemento {
    @Override
    public String of() {
      return "rule elastic";
    }
  }

  /**
   * Of rule {@code quorum}.
   *
   * @param optimiser whose momentum it is
   * @param values one per parameter; empty without an optimiser, or before its first step
   * @param roundNanos how long the latest rounds took, the newest first
   */
  record Momentum(OuterOptimiser optimiser, FloatVector values, List<Long> roundNanos)
      implements RuleMemento {
    public Momentum {
      roundNanos = List.copyOf(roundNanos);
      Objects.requireNonNull(optimiser, "optimiser");
      Objects.requireNonNull(values, "values");
    }

    @Override
    public String of() {
      return "rule quorum with outer optimiser " + Names.of(optimiser);
    }

    @Override
    public Optional<String> misfit(int count, TableShape table) {
      return RuleMemento.misfit("values of momentum", values.length(), count);
    }
  }

  /**
   * The gain that keeps the norm, and the round from which its next one follows. Immutable.
   *
   * @param gain at least 1
   * @param changesOfMembers that it has heard of
   * @param norms of the round's differences, each times its share, summed up
   * @param sum of the differences, each times its share; empty before the first
   * @param rows the same of the rows of a table, by their numbers
   */
  record Norm(
      double gain,
      long changesOfMembers,
      Round round,
      double norms,
      Doubles sum,
      SortedMap<Integer, Doubles> rows)
      implements Serializable {
    public Norm {
      Objects.requireNonNull(round, "round");
      Objects.requireNonNull(sum, "sum");
      rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }

    private Optional<String> misfitOfRows(TableShape table) {
      for (Map.Entry<Integer, Doubles> row : rows.entrySet()) {
        int number = row.getKey();
        int width = row.getValue().length();
        if (number < 0 || number >= table.rows()) {
          return Optional.of("gain of row " + number + ", not of one of " + table.rows());
        }
        if (width != table.width()) {
          return Optional.of(
              "width of the gain of row " + number + " " + width + ", not " + table.width());
        }
      }
      return Optional.empty();
    }

    /** Of a block without a table. */
    public Norm(double gain, long changesOfMembers, Round round, double norms, Doubles sum) {
      this(gain, changesOfMembers, round, norms, sum, Collections.emptySortedMap());
    }
  }

  /**
   * Momentum that is added once a round, and the round at the end of which it will be. Immutable.
   *
   * @param from the ledger's value at the beginning of the round; empty if that is the next push
   * @param momentum empty for zeros
   */
  record Delayed(Round round, FloatVector from, FloatVector momentum) implements Serializable {
    public Delayed {
      Objects.requireNonNull(round, "round");
      Objects.requireNonNull(from, "from");
      Objects.requireNonNull(momentum, "momentum");
    }
  }

  /** Doubles that never change. Equal by content (bit by bit). Immutable. */
  final class Doubles implements Serializable {
    private static final long serialVersionUID = 1;

    private final double[] values;

    private Doubles(double[] values) {
      this.values = values;
    }

    /** A vector with a copy of {@code values}. */
    public static Doubles copyOf(double[] values) {
      return new Doubles(values.clone());
    }

    /** How many values. */
    public int length() {
      return values.length;
    }

    /** A copy of the values. */
    public double[] toArray() {
      return values.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Doubles vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    /** Names the length only. */
    @Override
    public String toString() {
      return values.length + " doubles";
    }
  }

  /** An accepted push of the window: who sent it, and how many examples it had. */
  record Accepted(int worker, long examples) implements Serializable {
    public Accepted {
      requireAtLeast("worker", worker, 0);
    }
  }
}
