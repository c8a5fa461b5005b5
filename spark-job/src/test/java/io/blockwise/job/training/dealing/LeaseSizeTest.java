package io.blockwise.job.training.dealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.model.network.NetworkFigures;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseSizeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<Shard> TRAINED =
      List.of(new Shard("a", 0, 100, 1, "00"), new Shard("b", 100, 100, 1, "00"));

  @Test
  void withoutATimeALeaseIsAWholeShare() {
    LeaseSize size = new LeaseSize(0);
    assertThat(size.isLimited()).isFalse();
    assertThat(size.shards(LeaseReport.none(1))).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void firstLeaseIsOneShard() {
    LeaseSize size = new LeaseSize(60);
    assertThat(size.isLimited()).isTrue();
    assertThat(size.shards(LeaseReport.none(1))).isEqualTo(1);
    size.observed(TRAINED);
    assertThat(size.shards(LeaseReport.none(1))).as("of a worker without a speed").isEqualTo(1);
  }

  @Test
  void laterLeasesLastAsLongAsTheyShall() {
    LeaseSize size = new LeaseSize(60);
    size.observed(TRAINED);
    // 10 rows a second, so 600 in a minute, at 100 a shard
    assertThat(size.shards(report(200, 20 * SECOND))).isEqualTo(6);
    assertThat(size.shards(report(200, 21 * SECOND))).isEqualTo(5);
  }

  @Test
  void slowWorkerStillGetsAShard() {
    LeaseSize size = new LeaseSize(60);
    size.observed(TRAINED);
    assertThat(size.shards(report(200, 1000 * SECOND))).isEqualTo(1);
  }

  private static LeaseReport report(long examples, long nanos) {
    NetworkFigures sums = new NetworkFigures(examples, List.of());
    return new LeaseReport(0, examples / 10, 0, 0, 0, nanos, 0, 0, sums);
  }
}
