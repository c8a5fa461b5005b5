package io.blockwise.job.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverMetricsTest {
  private final MetricRegistry registry = new MetricRegistry();
  private final DriverMetrics metrics = new DriverMetrics();

  private Object value(String name) {
    return registry.getGauges().get(name).getValue();
  }

  @Test
  void figuresAreThereFromTheBeginOfTheirRunToItsEnd() {
    metrics.attach(registry);
    assertThat(registry.getNames()).containsExactly("runs");
    for (int i = 0; i < 2; i++) {
      try (DriverMetrics.Figures run = metrics.begin("same")) {
        run.add(Map.of("epoch", () -> 3));
        assertThat(registry.getNames()).containsExactly("epoch", "runs");
        assertThat(value("epoch")).isEqualTo(3);
        assertThat(value("runs")).isEqualTo(1);
      }
      assertThat(registry.getNames()).containsExactly("runs");
      assertThat(value("runs")).isEqualTo(0);
    }
  }

  @Test
  void runThatBeginsBesideAnotherHasItsNameInFront() {
    metrics.attach(registry);
    try (DriverMetrics.Figures first = metrics.begin("first");
        DriverMetrics.Figures second = metrics.begin("second")) {
      first.add(Map.of("epoch", () -> 1));
      second.add(Map.of("epoch", () -> 2));
      assertThat(value("epoch")).isEqualTo(1);
      assertThat(value("run.second.epoch")).isEqualTo(2);
    }
    assertThat(registry.getNames()).containsExactly("runs");
  }

  @Test
  void figureThatCannotBeToldIsNoNumber() {
    metrics.attach(registry);
    try (DriverMetrics.Figures run = metrics.begin("run")) {
      run.add(
          Map.of(
              "bad",
              () -> {
                throw new IllegalStateException("closed");
              }));
      assertThat(value("bad")).isEqualTo(Double.NaN);
    }
  }

  @Test
  void withoutThePluginNothingIsShownAndNothingFails() {
    try (DriverMetrics.Figures run = metrics.begin("run")) {
      run.add(Map.of("epoch", () -> 1));
    }
    assertThat(registry.getNames()).isEmpty();
  }
}
