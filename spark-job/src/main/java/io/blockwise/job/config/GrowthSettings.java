package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import java.util.List;

/**
 * How a network grows block by block (methods 2h). Immutable.
 *
 * @param from place of the model whose blocks are the first ones; empty for none
 * @param at epochs, each later than the one before, at whose beginning a block joins; the first
 *     epoch has the blocks that are left
 * @param earlier what becomes of the blocks before those that join
 */
public record GrowthSettings(String from, List<Integer> at, Earlier earlier) {
  public GrowthSettings {
    at = List.copyOf(at);
    int before = 1;
    for (int epoch : at) {
      if (epoch <= before) {
        throw invalid("growth.at", at, "must be epochs from 2 on, each later than the one before");
      }
      before = epoch;
    }
  }

  /** What becomes of earlier blocks. */
  public enum Earlier {
    /** They stay as they are, bit by bit. */
    FROZEN,
    /** They train on. */
    TRAINED
  }

  /** Whether the first blocks are a published model's. */
  public boolean hasAncestor() {
    return !from.isEmpty();
  }

  /** Whether there is anything to it. */
  public boolean isOn() {
    return hasAncestor() || !at.isEmpty();
  }

  /** Refuses what blocks that stop or join do not go with. */
  void requireGoesWith(
      TrainingSettings training, StoppingSettings stopping, AveragingSettings averaging) {
    if (training.baseline() != TrainingSettings.Baseline.NONE && (stopping.isOn() || isOn())) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with stopping.patience, growth.at or growth.from: the baseline trains all"
              + " blocks");
    }
    if (training.baseline() != TrainingSettings.Baseline.NONE && training.patience().isOn()) {
      throw invalid(
          "training.baseline",
          Names.of(training.baseline()),
          "must be none with training.patience.epochs: the baseline trains all its epochs");
    }
    if (averaging.tape() && training.patience().isOn()) {
      throw invalid(
          "averaging.tape",
          averaging.tape(),
          "must be false with training.patience.epochs: a tape does not hold what that goes by");
    }
    if (stopping.isOn() && !at.isEmpty()) {
      throw invalid(
          "stopping.patience",
          stopping.patience(),
          "must be 0 with growth.at, which says itself when blocks stop");
    }
    if (averaging.tape() && (stopping.isOn() || hasAncestor())) {
      throw invalid(
          "averaging.tape",
          averaging.tape(),
          "must be false with stopping.patience or growth.from: a tape does not hold what those go"
              + " by");
    }
  }
}
