package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.AveragingOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeTest {
  private static final BlockSize BLOCK = new BlockSize(1000, 200, 50, 30, 2500);

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "35, 8, 0, 5", // after 8, 16, 24, 32 and at the end
    "35, 8, 5, 5", // after 3, 11, 19, 27, 35
    "32, 8, 0, 4",
    "5, 8, 0, 1",
    "5, 1, 0, 5",
    "0, 8, 0, 0",
  })
  void pushesOfALease(long steps, int period, int phase, long pushes) {
    assertThat(Exchange.pushes(steps, period, phase)).isEqualTo(pushes);
  }

  @Test
  void bytesAreThoseOfValuesAndStatisticsAndHeaders() {
    Exchange exchange = exchange(List.of(35L, 35L), 1);
    assertThat(exchange.pushes()).containsExactly(10L);
    assertThat(exchange.push().get(0).pushed()).isBetween(4 * 1280L, 4 * 1280L + 300);
    assertThat(exchange.push().get(0).pulled()).isBetween(4 * 1280L, 4 * 1280L + 300);
    assertThat(exchange.epoch().pushed()).isBetween(10 * 4 * 1280L, 10 * (4 * 1280L + 300));
    // what the two leases began with comes on top
    assertThat(exchange.epoch().pulled()).isBetween(12 * 4 * 1280L, 12 * (4 * 1280L + 300));
  }

  @Test
  void halvesTakeHalf() {
    long full = exchange(List.of(35L, 35L), 1).epoch().pushed();
    long half = exchange(List.of(35L, 35L), 1, "averaging.codec=fp16").epoch().pushed();
    assertThat((double) half / full).isBetween(0.5, 0.56);
  }

  @Test
  void workerThatIsAloneHasNothingToAdopt() {
    assertThat(exchange(List.of(70L), 1).push().get(0).pulled()).isLessThan(300);
  }

  @Test
  void shorterLeasesPushMore() {
    assertThat(exchange(List.of(35L, 35L), 7).pushesOfEpoch()).isEqualTo(14);
    assertThat(exchange(List.of(36L, 36L), 35).pushesOfEpoch()).isEqualTo(70);
  }

  private Exchange exchange(List<Long> steps, int leases, String... sets) {
    Settings settings = SmallRuns.unprepared(directory, sets);
    AveragingOptions options = settings.averaging().options();
    return Exchange.of("run", List.of(BLOCK), options, steps, leases);
  }
}
