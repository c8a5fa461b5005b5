package io.blockwise.job.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.spec.Precision;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EngineSelectionTest {
  private static final EngineChoice AUTO = new EngineChoice(EngineName.AUTO, Precision.FLOAT32);

  @Test
  void torchIsTakenWhereItComputes() {
    EngineSelection tried = EngineSelection.tried(AUTO, Optional.empty());
    assertThat(tried.choice()).isEqualTo(AUTO.with(EngineName.TORCH));
    assertThat(tried.reason())
        .matches("Computing with torch 2\\.\\S+, as engine = auto takes it where it can be used");
    assertThat(EngineSelection.expected(AUTO, Optional.empty())).isEqualTo(tried);
  }

  @Test
  void theNextIsTakenWhereTheFirstIsRefusedOrFails() {
    String absent = "Cannot use engine = torch: there is no libtorch (add it)";
    EngineSelection refused = EngineSelection.of(AUTO, torch(absent), none());
    assertThat(refused.choice()).isEqualTo(AUTO.with(EngineName.DL4J));
    assertThat(refused.reason())
        .matches(
            "Computing with dl4j 1\\.0\\.0-M2\\.1, as torch cannot be used: there is no libtorch \\(add"
                + " it\\)");
    assertThat(EngineSelection.of(AUTO, none(), torch(absent))).isEqualTo(refused);
  }

  @Test
  void whatIsAgainstEveryEngineIsSaidTogether() {
    Map<EngineName, String> refusals =
        Map.of(
            EngineName.TORCH, "Cannot use engine = torch: it is absent (add it)",
            EngineName.DL4J, "Cannot use engine = dl4j: it is old (renew it)");
    assertThatThrownBy(
            () ->
                EngineSelection.of(
                    AUTO, choice -> Optional.of(refusals.get(choice.name())), none()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use engine = auto: torch cannot be used: it is absent (add it); dl4j cannot be"
                + " used: it is old (renew it)");
  }

  @Test
  void aPrecisionThatOnlyOneEngineKnowsIsReasonEnoughForIt() {
    EngineChoice bfloat16 = new EngineChoice(EngineName.AUTO, Precision.BFLOAT16);
    assertThat(EngineSelection.expected(bfloat16, Optional.empty()).choice().name())
        .isEqualTo(EngineName.TORCH);
    Function<EngineChoice, Optional<String>> withoutTorch =
        choice -> torch("it is absent").apply(choice).or(() -> refusal(choice));
    assertThatThrownBy(() -> EngineSelection.of(bfloat16, withoutTorch, none()))
        .hasMessageContaining("dl4j cannot be used: it computes in float32 only");
  }

  @Test
  void anEngineThatIsNamedIsTakenWithoutATrialOrRefused() {
    EngineChoice dl4j = AUTO.with(EngineName.DL4J);
    assertThat(EngineSelection.of(dl4j, none(), choice -> Optional.of("never asked")))
        .isEqualTo(new EngineSelection(dl4j, ""));
    EngineChoice bfloat16 = new EngineChoice(EngineName.DL4J, Precision.BFLOAT16);
    assertThatThrownBy(() -> EngineSelection.expected(bfloat16, Optional.empty()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use engine = dl4j: it computes in float32 only, and precision is bfloat16 (set"
                + " precision = float32, or engine = torch)");
  }

  private static Optional<String> refusal(EngineChoice choice) {
    return Engines.refusal(choice, Optional.empty());
  }

  private static Function<EngineChoice, Optional<String>> none() {
    return choice -> Optional.empty();
  }

  /** Something against torch alone. */
  private static Function<EngineChoice, Optional<String>> torch(String message) {
    return choice -> Optional.of(message).filter(m -> choice.name().equals(EngineName.TORCH));
  }
}
