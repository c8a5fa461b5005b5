package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.assembly.LookAhead;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The exit of every block. Immutable.
 *
 * @param hidden widths of its hidden layers, at least one, also where the kind has no use for them
 * @param labelSmoothing of every cross-entropy against the labels
 * @param lookAhead of all blocks but the last
 * @param momentum of slow copies of the next block's first layers; 0 for none
 * @param guarantee of leaving early at it
 */
public record ExitSettings(
    ExitSpec.Kind kind,
    Features features,
    List<Integer> hidden,
    double labelSmoothing,
    LookAhead lookAhead,
    double momentum,
    @Inline GuaranteeSettings guarantee) {
  public ExitSettings {
    hidden = List.copyOf(hidden);
    if (hidden.isEmpty() || hidden.stream().anyMatch(width -> width < 1)) {
      throw invalid("exit.hidden", hidden, "must be one or more widths, each at least 1");
    }
    requireWithin("exit.label-smoothing", labelSmoothing, 0, Math.nextDown(1.0));
    requireWithin("exit.momentum", momentum, 0, Math.nextDown(1.0));
  }

  /**
   * Layers that no exit of these losses has are refused, and smoother labels that none reads.
   *
   * @param losses that of the first block first
   */
  void requireReadBy(List<LossSpec> losses) {
    if (labelSmoothing > 0 && noneComparesWithLabels(losses)) {
      throw invalid(
          "exit.label-smoothing",
          labelSmoothing,
          "must be 0 with al.inverse = mse, as no loss has a cross-entropy against labels");
    }
    if (kind != ExitSpec.Kind.LINEAR && losses.stream().noneMatch(LossSpec::exitReadsOutput)) {
      throw invalid("exit.kind", kind, LossSpec.withoutExits("linear", losses));
    }
  }

  private static boolean noneComparesWithLabels(List<LossSpec> losses) {
    return IntStream.range(0, losses.size())
        .noneMatch(k -> losses.get(k).comparesWithLabels(k == 0));
  }

  ExitSpec spec() {
    return ExitSpec.of(kind, features, hidden).smoothing(labelSmoothing);
  }
}
