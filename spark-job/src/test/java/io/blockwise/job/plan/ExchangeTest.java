package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExchangeTest {
  private static final BlockSize BLOCK = new BlockSize(1000, 200, 50, 30);

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

  /**
   * By the formats' pages: run {@code run} has 3 bytes, so a message has 50 around its body: 10 and
   * a byte in front of the id, 32 of the lease and what it is about, 4 of the check sum. A piece of
   * a push has 55 in front of it, a question 8, an answer 71.
   */
  @Test
  void bytesAreThoseOfValuesAndStatisticsAndHeaders() {
    Exchange exchange = exchange(List.of(35L, 35L), 1);
    WireSize push = new WireSize((50 + 55 + 4 * 1280) + (50 + 8), 71 + (71 + 4 * 1280));
    assertThat(exchange.blocks()).containsExactly(new Exchange.Pushes(push, 10));
    // two leases: what they began with, and their ends, which are answered with one byte
    assertThat(exchange.epoch())
        .isEqualTo(
            new WireSize(
                10 * (163 + 4 * 1280) + 2 * (50 + 50),
                10 * (142 + 4 * 1280) + 2 * (71 + 4 * 1280 + 1)));
  }

  /** Of 1,250 values and 30 statistics, which are always in single precision. */
  @ParameterizedTest
  @CsvSource({"fp16, 2500", "bf16, 2500", "int8, 1254", "int4, 629"})
  void codecsTakeLessForValuesAndNotForStatistics(String codec, int ofValues) {
    assertThat(push(List.of(35L, 35L), "averaging.codec=" + codec))
        .isEqualTo(new WireSize(163 + ofValues + 4 * 30, 142 + 4 * 1280));
  }

  @Test
  void workerThatIsAloneHasNothingToAdopt() {
    assertThat(push(List.of(70L))).isEqualTo(new WireSize(163 + 4 * 1280, 142));
  }

  @Test
  void shorterLeasesPushMore() {
    assertThat(exchange(List.of(35L, 35L), 7).all().count()).isEqualTo(14);
    assertThat(exchange(List.of(36L, 36L), 35).all().count()).isEqualTo(70);
  }

  /** Of 100 rows of 10 values, behind 250 other ones. */
  @ParameterizedTest
  @CsvSource({"2, 16, 32", "10, 80, 100", "100, 100, 100"})
  void ofATableTheRowsTravelThatBatchesCanChange(int tokens, int pushed, int pulled) {
    BlockSize block = new BlockSize(1000, 200, 50, 30, new BlockSize.Table(100, 10));
    Exchange exchange = exchange(block, tokens, List.of(35L, 35L), 1);
    assertThat(exchange.blocks().get(0).one())
        .isEqualTo(WireSize.ofRows("run", 250, 30, Codec.FP32, 10, pushed, pulled));
    assertThat(exchange.epoch())
        .isEqualTo(
            exchange
                .blocks()
                .get(0)
                .one()
                .times(10)
                .plus(WireSize.ofLease("run", 250, 30, 10, pulled).times(2)));
  }

  private WireSize push(List<Long> steps, String... sets) {
    return exchange(steps, 1, sets).all().one();
  }

  private Exchange exchange(List<Long> steps, int leases, String... sets) {
    return exchange(BLOCK, 0, steps, leases, sets);
  }

  private Exchange exchange(
      BlockSize block, int tokens, List<Long> steps, int leases, String... sets) {
    List<String> all = new ArrayList<>(List.of(sets));
    all.add("averaging.period=8");
    Settings settings = SmallRuns.unprepared(directory, all.toArray(String[]::new));
    AveragingOptions options = settings.averaging().options();
    return Exchange.of("run", List.of(block), options, tokens, steps, leases);
  }
}
