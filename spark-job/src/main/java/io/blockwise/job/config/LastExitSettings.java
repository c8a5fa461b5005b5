package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LossSpec;
import java.util.List;
import java.util.Optional;

/**
 * How the last block's exit differs from that of the others. Immutable.
 *
 * @param kind in place of theirs, as all components
 * @param hidden widths of its hidden layers; empty for those of the others
 */
public record LastExitSettings(
    Optional<ExitSpec.Kind> kind,
    Optional<Features> features,
    List<Integer> hidden,
    Optional<Double> labelSmoothing) {
  public LastExitSettings {
    hidden = List.copyOf(hidden);
    if (hidden.stream().anyMatch(width -> width < 1)) {
      throw invalid("last-exit.hidden", hidden, "must be widths, each at least 1");
    }
    labelSmoothing.ifPresent(
        share -> requireWithin("last-exit.label-smoothing", share, 0, Math.nextDown(1.0)));
  }

  /** What the exit has of its own is refused if it does not reach the loss. */
  void requireReadBy(LossSpec last, ExitSettings others) {
    boolean reads = last.exitReadsOutput();
    String rule = LossSpec.withoutExits("empty", List.of(last));
    if (kind.isPresent() && !reads) {
      throw invalid("last-exit.kind", kind.get(), rule);
    } else if (features.isPresent() && !reads) {
      throw invalid("last-exit.features", features.get(), rule);
    } else if (!hidden.isEmpty() && !reads) {
      throw invalid("last-exit.hidden", hidden, rule);
    } else if (labelSmoothing.orElse(0.0) > 0 && !last.comparesWithLabels(false)) {
      throw invalid(
          "last-exit.label-smoothing",
          labelSmoothing.get(),
          "must be empty with loss al, of which the first block alone has a cross-entropy against"
              + " labels");
    } else if (!hidden.isEmpty() && kind(others) == ExitSpec.Kind.LINEAR) {
      throw invalid("last-exit.hidden", hidden, "must be empty for a linear exit");
    }
  }

  private ExitSpec.Kind kind(ExitSettings others) {
    return kind.orElse(others.kind());
  }

  /** The exit, given that of the others. */
  ExitSpec spec(ExitSettings others) {
    return ExitSpec.of(
            kind(others),
            features.orElse(others.features()),
            hidden.isEmpty() ? others.hidden() : hidden)
        .smoothing(labelSmoothing.orElse(others.labelSmoothing()));
  }
}
