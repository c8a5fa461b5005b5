package io.blockwise.job.plan;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.model.spec.NetworkSpec;
import java.time.Instant;

/** What the workers of a run would exchange on executors of their own. */
public final class Traffic {
  private Traffic() {}

  /**
   * Of all epochs, with leases of whole shares of an epoch; of tables at most.
   *
   * @throws io.blockwise.base.UserException if the data set is too small for the workers
   */
  public static WireSize ofRun(Settings settings, NetworkSpec network, Dataset dataset) {
    Schedule schedule =
        Schedule.of(
            settings, dataset.manifest().split(Split.TRAIN).shards(), settings.workers().count());
    return Exchange.of(
            settings.runIdAt(Instant.EPOCH),
            BlockSize.of(network),
            settings.averaging().options(),
            Exchange.tokens(settings, network),
            schedule.steps(),
            1)
        .epoch()
        .times(settings.epochs());
  }
}
