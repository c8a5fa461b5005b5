package io.blockwise.job.tape;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.Lease;
import io.blockwise.job.worker.LeaseEnd;
import io.blockwise.job.worker.Workers;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.exits.Tally;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/** Workers whose leases end in the order of a tape. Used by the driver's thread. */
final class ReplayedWorkers implements Workers {
  private static final Duration GLANCE = Duration.ofMillis(5);

  private final Workers workers;
  private final ReplayedTurns turns;
  private final Map<Integer, LeaseEnd> ended = new HashMap<>();

  ReplayedWorkers(Workers workers, ReplayedTurns turns) {
    this.workers = workers;
    this.turns = turns;
  }

  @Override
  public List<LeaseEnd> poll(Duration atMost) throws InterruptedException {
    for (LeaseEnd end : workers.poll(GLANCE.compareTo(atMost) < 0 ? GLANCE : atMost)) {
      ended.put(end.lease().worker(), end);
    }
    OptionalInt next = turns.endsNext(ended.keySet());
    return next.isPresent() ? List.of(ended.remove(next.getAsInt())) : List.of();
  }

  @Override
  public void awaitStart() throws InterruptedException {
    workers.awaitStart();
  }

  @Override
  public int available() {
    return workers.available();
  }

  @Override
  public Set<Shard> cached(int worker) {
    return workers.cached(worker);
  }

  @Override
  public void start(Lease lease) {
    workers.start(lease);
  }

  @Override
  public <T extends Tally<T>> T evaluate(
      List<BlockState> snapshot, Census<T> census, Consumer<String> lost)
      throws InterruptedException {
    return workers.evaluate(snapshot, census, lost);
  }

  @Override
  public void close() {
    workers.close();
  }
}
