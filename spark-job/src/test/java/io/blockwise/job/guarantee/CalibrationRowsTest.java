package io.blockwise.job.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.GuaranteeSettings;
import io.blockwise.job.config.GuaranteeSettings.Budget;
import io.blockwise.job.config.GuaranteeSettings.Risk;
import io.blockwise.job.worker.RowRange;
import io.blockwise.model.exits.ExitCosts;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationRowsTest {
  private static final Budget NO_BUDGET = new Budget(0, 0.95);

  private static GuaranteeSettings risk(double drop, double fraction) {
    return new GuaranteeSettings(new Risk(drop, 0.95), NO_BUDGET, fraction);
  }

  @Test
  void withoutAGuaranteeAllRowsChooseTheEpoch() {
    CalibrationRows rows = CalibrationRows.of(GuaranteeSettings.NONE, 100);
    assertThat(rows.selection()).isEqualTo(new RowRange(0, 100));
    assertThat(rows.count()).isZero();
  }

  @Test
  void theLastRowsAreSetAside() {
    CalibrationRows rows = CalibrationRows.of(risk(0.02, 0.4), 1001);
    assertThat(rows.selection()).isEqualTo(new RowRange(0, 601));
    assertThat(rows.calibration()).isEqualTo(new RowRange(601, 1001));
  }

  @Test
  void tooFewRowsAreRefusedWithTheNumberThatWouldDo() {
    assertThatThrownBy(() -> CalibrationRows.of(risk(0.01, 0.5), 596))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot guarantee a drop of at most 0.01 with a confidence of 0.95 by 298 calibration"
                + " rows: it takes at least 299, all of them without a loss (set"
                + " data.validation-fraction so that validation has 598 rows, or raise"
                + " exit.risk.drop or lower exit.risk.confidence)");
    assertThat(CalibrationRows.of(risk(0.01, 0.5), 598).count()).isEqualTo(299);
  }

  @Test
  void validationOfOneRowIsRefused() {
    assertThatThrownBy(() -> CalibrationRows.of(risk(0.96, 0.9), 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("none is left to choose the epoch by");
  }

  @Test
  void oneBlockHasNothingToLeaveEarlyAt() {
    assertThatThrownBy(
            () ->
                CalibrationRows.requirePossible(
                    risk(0.01, 0.5), new ExitCosts(List.of(10L), List.of(1L))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the network has one block");
  }

  @Test
  void aBudgetBelowTheFirstExitIsRefusedWithBothFigures() {
    GuaranteeSettings budget = new GuaranteeSettings(new Risk(0, 0.95), new Budget(0.3, 0.95), 0.5);
    assertThatThrownBy(
            () ->
                CalibrationRows.requirePossible(
                    budget, new ExitCosts(List.of(30L, 50L), List.of(10L, 20L))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a cost of at most 0.3 of the full path")
        .hasMessageContaining("the first block and its exit cost 0.400 of it");
  }
}
