package io.blockwise.model.averaging.ledger.rule;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.ledger.outer.OuterStep;
import io.blockwise.model.averaging.table.RowChanges;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.engine.TensorTable;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How admitted pushes become a new state. Holds a push from {@link #add} on, until {@link #next}
 * folds it or its lease ends. Used under the ledger's lock.
 */
public sealed interface FoldRule permits AverageRule, QuorumRule, ElasticRule {
  /**
   * The rule of these options, for a new run.
   *
   * @param parameters names the tensors of the value
   * @param statistics names means and variances of the running statistics
   * @param nanoClock monotonic time in nanoseconds
   * @throws IllegalArgumentException if the statistics are not means and variances
   */
  static FoldRule of(
      AveragingOptions options,
      TensorTable parameters,
      TensorTable statistics,
      LongSupplier nanoClock) {
    RunningStatistics running = new RunningStatistics(statistics);
    return switch (options.rule()) {
      case AVERAGE -> new AverageRule(running, options.gain(), options.outer().optimiser());
      case ELASTIC -> new ElasticRule(running);
      case QUORUM -> {
        OuterStep outer = OuterStep.of(options.outer(), parameters);
        yield new QuorumRule(options, running, outer, nanoClock);
      }
    };
  }

  /** Staleness, in rounds, of a push based on a version that many versions ago. */
  double staleness(long versionsAgo, Members members);

  /** Takes a push. A copy is added only if its worker is the only member. */
  void add(Contribution contribution);

  /** Gives back what it holds of a worker whose lease has ended. */
  Optional<Contribution> withdraw(int worker);

  /** What it holds, in worker order. */
  List<Contribution> waiting();

  /**
   * The next fold, or nothing if the rule waits for more. Called again until it has nothing. Gives
   * away what it holds only when the fold is whole: an error in between loses no push.
   */
  Optional<Fold> next(BlockState state, Members members);

  /** Nanoseconds until it folds what it holds for want of more; a great many if it never does. */
  default long nanosLeft() {
    return Long.MAX_VALUE;
  }

  /** The factor on the next step of these members, at least 1. */
  default double gain(Members members) {
    return 1;
  }

  /** Hears of a push that was refused since it, or what it would have led to, is not finite. */
  default void notFinite() {}

  /** What it knows, without the pushes that it holds. */
  RuleMemento memento();

  /** A rule of the same options that knows what this memento, one of its own kind, says. */
  FoldRule restored(RuleMemento memento);

  /**
   * An admitted push with its values decoded: a difference, or the whole value if the push is a
   * copy. Immutable.
   *
   * @param staleness in rounds of all workers
   * @param values those of the push's rows behind all others; empty if the push has no weight
   * @param verdict on the push once its fold is made
   * @param weight with which it moves the ledger, without the gain; 0 until its fold is made
   */
  record Contribution(
      Push push, double staleness, FloatVector values, Verdict verdict, double weight) {
    /** A push that moves the ledger. */
    public static Contribution of(Push push, double staleness, FloatVector values) {
      Verdict verdict = push.kind() == Push.Kind.COPY ? Verdict.COPIED : Verdict.FOLDED;
      return new Contribution(push, staleness, values, verdict, 0);
    }

    /** A push that only takes its sender's turn in a round. */
    public static Contribution withoutWeight(Push push, double staleness, Verdict verdict) {
      return new Contribution(push, staleness, FloatVector.EMPTY, verdict, 0);
    }

    /** The same, as its fold weighs it. */
    Contribution weighing(double share) {
      return new Contribution(push, staleness, values, verdict, share);
    }

    /** Number of its worker. */
    public int worker() {
      return push.lease().worker();
    }

    /** The values without those of rows of a table. */
    FloatVector others(RowTable table) {
      return values.first(values.length() - rowValues(table));
    }

    private int rowValues(RowTable table) {
      return push.rows().count() * table.width();
    }

    /** The table of a copy. */
    RowTable copied(long version, RowTable from) {
      int first = values.length() - rowValues(from);
      return from.with(version, push.rows(), values.shared(), first);
    }

    /** The table, moved by so much of the difference. */
    RowTable moved(long version, RowTable from, double share) {
      int first = values.length() - rowValues(from);
      return from.moved(version, push.rows(), share, values.shared(), first);
    }

    /** What the push changes in a table, with a weight. */
    RowChanges rowChanges(RowTable table, double share) {
      return new RowChanges(
          push.rows(), values.shared(), values.length() - rowValues(table), share);
    }

    boolean isCopy() {
      return verdict == Verdict.COPIED;
    }

    /** Whether it moves the ledger. */
    public boolean hasWeight() {
      return isCopy() || verdict == Verdict.FOLDED;
    }
  }

  /**
   * A new state and the pushes that led to it.
   *
   * @param state the next version, not checked for being finite; the last one if none of the pushes
   *     has weight
   * @param gain factor on the weights of the pushes, at least 1
   */
  record Fold(BlockState state, List<Contribution> contributions, double gain) {
    public Fold {
      contributions = List.copyOf(contributions);
    }

    /** Without a gain. */
    Fold(BlockState state, List<Contribution> contributions) {
      this(state, contributions, 1);
    }

    /** Whether the state has finite values only. */
    public boolean isFinite() {
      return state.value().isFinite()
          && state.statistics().isFinite()
          && state.table().isFiniteSince(state.version() - 1);
    }
  }
}
