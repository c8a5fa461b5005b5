package io.blockwise.model.averaging;

import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import io.blockwise.model.averaging.AveragingOptions.OuterOptimiser;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** What a rule knows beside the block's state. Immutable. */
public sealed interface RuleMemento extends Serializable {
  /** The rule that it belongs to, in words. Only a rule with the same words can go on from it. */
  String of();

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

  /**
   * Of rule {@code quorum}.
   *
   * @param optimiser whose momentum it is
   * @param values one per parameter; empty without an optimiser, or before its first step
   */
  record Momentum(OuterOptimiser optimiser, FloatVector values) implements RuleMemento {
    public Momentum {
      Objects.requireNonNull(optimiser, "optimiser");
      Objects.requireNonNull(values, "values");
    }

    @Override
    public String of() {
      return "rule quorum with outer optimiser " + Names.of(optimiser);
    }
  }

  /** An accepted push of the window: who sent it, and how many examples it had. */
  record Accepted(int worker, long examples) implements Serializable {
    public Accepted {
      requireAtLeast("worker", worker, 0);
    }
  }
}
