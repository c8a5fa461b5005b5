package io.blockwise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.Names;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.assembly.Backbone;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void kindIsNamedInKebabCaseUnlessItSaysOtherwise() {
    assertThat(Names.of(LayerSpec.MaxPool.class)).isEqualTo("max-pool");
    assertThat(Names.of(LossSpec.PredSim.class)).isEqualTo("predsim");
  }

  @Test
  void constantsAreNamedInKebabCase() {
    assertThat(Names.of(Backbone.Name.VGG_SMALL)).isEqualTo("vgg-small");
    assertThat(Backbone.Name.parse("vgg-small")).isEqualTo(Backbone.Name.VGG_SMALL);
  }

  @Test
  void timesAreNamedInTheLargestExactUnit() {
    assertThat(Names.of(Duration.ofMinutes(2))).isEqualTo("120s");
    assertThat(Names.of(Duration.ofMillis(-1500))).isEqualTo("-1500ms");
    assertThat(Names.of(Duration.ofNanos(1_000_007))).isEqualTo("1000007ns");
  }

  @Test
  void unknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> Names.parse("scpl.head.kind", HeadSpec.Kind.class, "MLP"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "Invalid scpl.head.kind: MLP (must be identity, linear, mlp, mlp-bn, small-conv or convolution)");
  }
}
