package io.blockwise.job.training.dealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.config.Settings;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.Place;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.Device;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.network.NetworkFigures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochTrainingTest {
  @TempDir Path directory;

  @Test
  void inLockStepAWorkerThatWasLostComesBackWhenTheOthersHaveFinished() throws Exception {
    Losing workers = new Losing();
    epoch(workers, "averaging.rule=quorum");
    assertThat(workers.happened)
        .containsExactly("start 1", "start 2", "lost 2", "done 1", "start 1", "done 1");
  }

  @Test
  void otherwiseItComesBackAtOnce() throws Exception {
    Losing workers = new Losing();
    epoch(workers, "averaging.rule=average");
    assertThat(workers.happened)
        .containsExactly("start 1", "start 2", "lost 2", "start 2", "done 1", "done 2");
  }

  @Test
  void whoIsThroughTrainsWhatASlowerOneHasNotBegun() throws Exception {
    Losing workers = new Losing();
    workers.lost = true; // already, and none any more
    workers.slow = 1;
    epoch(workers, "lease.seconds=1");
    assertThat(workers.happened).containsOnlyOnce("start 2").endsWith("done 1", "done 2");
    assertThat(workers.shards).containsExactly(3, 1);
  }

  private void epoch(Workers workers, String rule) throws InterruptedException {
    Settings settings = SmallRuns.settings(directory, "workers=2", rule);
    SmallRuns.Parts parts = SmallRuns.parts(settings);
    LeaseBook book = new LeaseBook("run", 2, 4);
    new EpochTraining(
            settings,
            1,
            TrainedBlocks.all(3),
            parts.shards(),
            parts.ledgers(),
            workers,
            book,
            LeaseBorders.NONE,
            Tape.NONE)
        .run(() -> {}, (end, took) -> {});
  }

  /** Loses the second worker's first lease while the first one is at work; then all goes well. */
  private static final class Losing implements Workers {
    private final List<String> happened = new ArrayList<>();
    private final List<Lease> running = new ArrayList<>();
    private final int[] shards = new int[2];
    private boolean lost;

    /** Number from 0 of a worker whose lease lasts as long as the other one has any. */
    private int slow = -1;

    @Override
    public void awaitStart() {}

    @Override
    public int available() {
      return 2;
    }

    @Override
    public Set<Shard> cached(int worker) {
      return Set.of();
    }

    @Override
    public void start(Lease lease) {
      happened.add("start " + (lease.worker() + 1));
      running.add(lease);
    }

    @Override
    public List<LeaseEnd> poll(Duration atMost) {
      if (!lost) {
        lost = true;
        Lease second = running.remove(1);
        happened.add("lost " + (second.worker() + 1));
        return List.of(new LeaseEnd.Lost(second, Optional.of("1"), "silent"));
      }
      Lease next = running.get(0);
      if (next.worker() == slow && running.size() > 1) {
        next = running.get(1);
      }
      running.remove(next);
      shards[next.worker()] += next.shards().size();
      happened.add("done " + (next.worker() + 1));
      LeaseReport report = new LeaseReport(1, 1, 0, 0, 0, 1, 0, 0, NetworkFigures.none(3));
      return List.of(new LeaseEnd.Done(next, report, Place.here("0", Device.CPU)));
    }

    @Override
    public <T extends Tally<T>> T evaluate(
        List<BlockState> snapshot, Census<T> census, Consumer<String> lost) {
      return census.tally().none();
    }

    @Override
    public void close() {}
  }
}
