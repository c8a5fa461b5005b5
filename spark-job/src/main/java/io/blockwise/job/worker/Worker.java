package io.blockwise.job.worker;

import io.blockwise.base.UserException;
import io.blockwise.data.text.EmbeddingMatrix;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.checkpoint.ReplicaFiles;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.device.Engines;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.log.LogContext;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.network.BlockRow;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.network.NotFiniteException;
import io.blockwise.model.network.SequentialRow;
import io.blockwise.model.network.Timeline;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A replica of the whole network and the loop that trains it, lease by lease: feed, row of block
 * trainers, report.
 *
 * <p>Owns one thread for life, and one for each block where they train at the same time: numerical
 * libraries tie memory and threads to them. Used by that one thread.
 */
public final class Worker implements AutoCloseable {
  private final WorkerPlan plan;
  private final DatasetRows rows;
  private final ReplicaFiles files;
  private final DecoupledNetwork network;
  private final BlockRow row;
  private LeaseAttempt predecessor;

  /** Builds the replica on the calling thread. */
  public Worker(
      WorkerPlan plan,
      Device device,
      DatasetRows rows,
      ReplicaFiles files,
      ParameterExchange exchange) {
    this(plan, device, rows, files, exchange, Timeline.NONE);
  }

  /**
   * The same with somebody who hears what its blocks do.
   *
   * @param files that it writes for checkpoints
   * @param timeline hears it
   */
  public Worker(
      WorkerPlan plan,
      Device device,
      DatasetRows rows,
      ReplicaFiles files,
      ParameterExchange exchange,
      Timeline timeline) {
    this.plan = plan;
    this.rows = rows;
    this.files = files;
    network =
        new DecoupledNetwork(
            Engines.create(plan.engine(), device), plan.network(), plan.seed(), plan.frozenBytes());
    rows.embeddings(plan.network()).forEach(this::begin);
    WorkerReplica replica =
        new WorkerReplica(network.blocks(), exchange, plan.averaging(), plan.patience());
    SequentialRow trainers =
        new SequentialRow(
            network,
            replica,
            plan.spans().stream().map(BlockSpan::examples).toList(),
            plan.scale(),
            plan.maxNonFinite(),
            timeline);
    try {
      row = BlockRow.of(plan.execution(), trainers, timeline);
    } catch (UserException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Puts the data set's vectors in, as the driver does: they come from its file, on either side.
   */
  private void begin(int block, EmbeddingMatrix vectors) {
    int[] all = IntStream.range(0, vectors.rows()).toArray();
    network.blocks().get(block).adoptRows(all, vectors.values());
  }

  /**
   * One pass over the lease's rows.
   *
   * @param live hears of every step
   * @throws RunFailedException if too many batches in a row were not finite at a block
   */
  public LeaseReport train(Lease lease, LiveFigures live) throws InterruptedException {
    Pass pass = new Pass(plan.seed(), lease.epoch(), lease.shards().get(0).firstRow());
    LogContext context = LogContext.of(lease.attempt());
    try (BatchSource batches =
        rows.shuffled(lease.shards(), plan.transform(), pass, plan.batchSize())) {
      return train(lease, batches, live);
    } finally {
      context.close();
    }
  }

  private LeaseReport train(Lease lease, BatchSource batches, LiveFigures live)
      throws InterruptedException {
    open(lease);
    FiguresOfLease figures = new FiguresOfLease(network.blocks().size(), live);
    BlockRow.Costs before = row.costs();
    long start = System.nanoTime();
    try (Feed feed = new Feed(batches, plan.prefetchThreads(), network::upload)) {
      for (long number = 1; feed.hasNext(); number++) {
        Batch batch = feed.take();
        List<NetworkFigures> done = row.step(batch, number);
        feed.release(batch);
        figures.add(done);
      }
      figures.add(row.finish());
      predecessor = lease.attempt();
      BlockRow.Costs costs = row.costs().minus(before);
      return new LeaseReport(
          lease.attempt().attempt(),
          batches.batches(),
          batches.dropped(),
          costs.nonFinite(),
          costs.sent(),
          System.nanoTime() - start,
          feed.waitedNanos(),
          costs.averagingNanos(),
          figures.sum);
    } catch (NotFiniteException e) {
      throw new RunFailedException(e.getMessage());
    } finally {
      if (predecessor == null) {
        row.abandon();
      }
    }
  }

  /**
   * Writes what the next lease goes on from, if the last one was to.
   *
   * @param nanos that the last lease took
   */
  public SavedReplica save(Lease lease, long nanos) {
    return files.save(lease.save(), lease.attempt(), nanos, row::memento);
  }

  /** A replica goes on where a last lease ended, or starts from the ledgers. */
  private void open(Lease lease) throws InterruptedException {
    boolean follows = isBefore(lease);
    predecessor = null;
    if (follows) {
      row.resume(lease.attempt(), lease.trained());
    } else if (lease.from().isThere()) {
      row.restore(lease.attempt(), lease.trained(), files.read(lease.from()));
    } else {
      row.start(lease.attempt(), lease.trained());
    }
  }

  /** Whether this worker's last lease is the one directly before {@code lease}. */
  public boolean isBefore(Lease lease) {
    return predecessor != null && lease.follows(predecessor);
  }

  /**
   * Counts what the blocks of a snapshot answer, which may be of the first blocks only; the replica
   * is as before afterwards.
   */
  public <T extends Tally<T>> T evaluate(List<BlockState> snapshot, Census<T> census)
      throws InterruptedException {
    List<BlockState> own =
        network.blocks().stream().limit(snapshot.size()).map(BlockState::initial).toList();
    apply(snapshot);
    try (BatchSource batches =
        rows.inOrder(census.shards(), plan.transform(), plan.evaluationBatch())) {
      return Scoring.count(network, snapshot.size(), batches, census);
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
    row.close();
    network.close();
  }

  /** What its steps have reached so far, added up in the order of the batches. */
  private static final class FiguresOfLease {
    private final LiveFigures live;
    private NetworkFigures sum;

    FiguresOfLease(int blocks, LiveFigures live) {
      this.live = live;
      sum = NetworkFigures.none(blocks);
    }

    void add(List<NetworkFigures> steps) {
      for (NetworkFigures step : steps) {
        sum = sum.plus(step);
        live.add(step);
      }
    }
  }
}
