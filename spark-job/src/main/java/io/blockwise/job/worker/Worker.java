package io.blockwise.job.worker;

import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.network.NotFiniteException;
import io.blockwise.model.network.SequentialRow;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A replica of the whole network and the loop that trains it, lease by lease: feed, row of block
 * trainers, report.
 *
 * <p>Owns one thread for life: numerical libraries tie memory and threads to it. Everything but the
 * constructor's caller runs there. Used by that one thread.
 */
public final class Worker implements AutoCloseable {
  private final WorkerPlan plan;
  private final DatasetRows rows;
  private final DecoupledNetwork network;
  private final SequentialRow row;
  private LeaseAttempt predecessor;

  /** Builds the replica on the calling thread. */
  public Worker(WorkerPlan plan, Device device, DatasetRows rows, ParameterExchange exchange) {
    this.plan = plan;
    this.rows = rows;
    network =
        new DecoupledNetwork(Engines.create(plan.engine(), device), plan.network(), plan.seed());
    rows.embeddings().ifPresent(this::begin);
    WorkerReplica replica =
        new WorkerReplica(network.blocks(), exchange, plan.averaging(), plan.patience());
    row =
        new SequentialRow(
            network, replica, plan.examplesOfRun(), plan.scale(), plan.maxNonFinite());
  }

  /**
   * Puts the data set's vectors in, as the driver does: they come from its file, on either side.
   */
  private void begin(EmbeddingMatrix vectors) {
    int[] all = IntStream.range(0, vectors.rows()).toArray();
    network.blocks().get(0).adoptRows(all, vectors.values());
  }

  /**
   * One pass over the lease's rows.
   *
   * @param live hears of every step
   * @throws RunFailedException if too many batches in a row were not finite at a block
   */
  public LeaseReport train(Lease lease, LiveFigures live) throws InterruptedException {
    Pass pass = new Pass(plan.seed(), lease.epoch(), lease.shards().get(0).firstRow());
    try (BatchSource batches =
        rows.shuffled(lease.shards(), plan.transform(), pass, plan.batchSize())) {
      return train(lease, batches, live);
    }
  }

  private LeaseReport train(Lease lease, BatchSource batches, LiveFigures live)
      throws InterruptedException {
    open(lease);
    NetworkFigures figures = NetworkFigures.none(network.blocks().size());
    SequentialRow.Costs before = row.costs();
    long start = System.nanoTime();
    try (Feed feed = new Feed(batches, plan.prefetchThreads(), network::upload)) {
      for (long number = 1; feed.hasNext(); number++) {
        Batch batch = feed.take();
        NetworkFigures step = row.step(batch, number);
        feed.release(batch);
        figures = figures.plus(step);
        live.add(step);
      }
      row.finish();
      predecessor = lease.attempt();
      SequentialRow.Costs costs = row.costs().minus(before);
      return new LeaseReport(
          lease.attempt().attempt(),
          batches.batches(),
          batches.dropped(),
          costs.nonFinite(),
          costs.sent(),
          System.nanoTime() - start,
          feed.waitedNanos(),
          costs.averagingNanos(),
          figures);
    } catch (NotFiniteException e) {
      throw new RunFailedException(e.getMessage());
    } finally {
      if (predecessor == null) {
        row.abandon();
      }
    }
  }

  /** A replica goes on where its last lease ended, or starts from the ledgers. */
  private void open(Lease lease) throws InterruptedException {
    boolean follows = isBefore(lease);
    predecessor = null;
    if (follows) {
      row.resume(lease.attempt());
    } else {
      row.start(lease.attempt());
    }
  }

  /** Whether this worker's last lease is the one directly before {@code lease}. */
  public boolean isBefore(Lease lease) {
    return predecessor != null && lease.follows(predecessor);
  }

  /** Counts what the blocks of a snapshot answer; the replica is as before afterwards. */
  public <T extends Tally<T>> T evaluate(List<BlockState> snapshot, Census<T> census)
      throws InterruptedException {
    List<BlockState> own = network.blocks().stream().map(BlockState::initial).toList();
    apply(snapshot);
    try (BatchSource batches =
        rows.inOrder(census.shards(), plan.transform(), plan.evaluationBatch())) {
      return Scoring.count(network, batches, census.shards(), census.rows(), census.tally().none());
    } finally {
      apply(own);
    }
  }

  private void apply(List<BlockState> states) {
    for (int k = 0; k < states.size(); k++) {
      states.get(k).applyTo(network.blocks().get(k));
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
