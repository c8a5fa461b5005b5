package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.Pass;
import io.blockwise.job.input.Images;
import io.blockwise.model.averaging.BlockReplica;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A replica of the whole network and the loop that trains it, lease by lease.
 *
 * <p>Owns one thread for life: numerical libraries tie memory and threads to it. Everything but the
 * constructor's caller runs there. Used by that one thread.
 */
public final class Worker implements AutoCloseable {
  private final WorkerPlan plan;
  private final Images images;
  private final DecoupledNetwork network;
  private final WorkerReplica replica;
  private LeaseAttempt predecessor;
  private long steps;
  private int nonFiniteInARow;

  /** Builds the replica on the calling thread. */
  public Worker(WorkerPlan plan, Device device, Images images, ParameterExchange exchange) {
    this.plan = plan;
    this.images = images;
    network =
        new DecoupledNetwork(Engines.create(plan.engine(), device), plan.network(), plan.seed());
    replica = new WorkerReplica(network.blocks(), exchange, plan.averaging(), plan.patience());
  }

  /**
   * One pass over the lease's rows.
   *
   * @param live hears of every step
   * @throws RunFailedException if too many batches in a row were not finite
   */
  public LeaseReport train(Lease lease, LiveFigures live) throws InterruptedException {
    Pass pass = new Pass(plan.seed(), lease.epoch(), lease.shards().get(0).firstRow());
    try (BatchSource batches =
        images.shuffled(lease.shards(), plan.transform(), pass, plan.batchSize())) {
      return train(lease, batches, live);
    }
  }

  private LeaseReport train(Lease lease, BatchSource batches, LiveFigures live)
      throws InterruptedException {
    open(lease);
    NetworkFigures figures = NetworkFigures.none(network.blocks().size());
    long start = System.nanoTime();
    long sent = replica.sent();
    long nonFinite = 0;
    long averaging = 0;
    try (Feed feed = new Feed(batches, plan.prefetchThreads())) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        List<StepResult> step = network.step(batch, this::learningRate);
        feed.release(batch);
        steps++;
        NetworkFigures stepped = NetworkFigures.of(network.blocks().size(), step);
        figures = figures.plus(stepped);
        live.add(stepped);
        long trained = System.nanoTime();
        nonFinite += average(step) ? 0 : 1;
        averaging += System.nanoTime() - trained;
      }
      long last = System.nanoTime();
      replica.flush();
      averaging += System.nanoTime() - last;
      predecessor = lease.attempt();
      return new LeaseReport(
          lease.attempt().attempt(),
          batches.batches(),
          batches.dropped(),
          nonFinite,
          replica.sent() - sent,
          System.nanoTime() - start,
          feed.waitedNanos(),
          averaging,
          figures);
    } finally {
      if (predecessor == null) {
        replica.abandon();
      }
    }
  }

  /** A replica goes on where its last lease ended, or starts from the ledgers. */
  private void open(Lease lease) throws InterruptedException {
    boolean follows = isBefore(lease);
    predecessor = null;
    if (follows) {
      replica.resume(lease.attempt());
    } else {
      replica.start(lease.attempt());
    }
  }

  /** Whether this worker's last lease is the one directly before {@code lease}. */
  public boolean isBefore(Lease lease) {
    return predecessor != null && lease.follows(predecessor);
  }

  /** Lets every block push and adopt; returns whether all of them took the step. */
  private boolean average(List<StepResult> step) throws InterruptedException {
    boolean finite = true;
    for (int k = 0; k < network.blocks().size(); k++) {
      BlockReplica block = replica.block(k + 1);
      finite = finite && step.get(k).finite();
      if (finite) {
        block.afterStep(step.get(k).examples());
      } else {
        if (k == step.size() - 1) {
          block.resetFromLedger();
          requireFiniteSoon(k + 1, step);
        }
        block.afterSkippedBatch();
      }
    }
    nonFiniteInARow = finite ? 0 : nonFiniteInARow;
    return finite;
  }

  private void requireFiniteSoon(int block, List<StepResult> step) {
    nonFiniteInARow++;
    if (nonFiniteInARow >= plan.maxNonFinite()) {
      throw new RunFailedException(
          "Cannot train block "
              + block
              + ": its loss or gradient was not finite in "
              + nonFiniteInARow
              + " steps in a row, up to the worker's step "
              + steps
              + "; last loss "
              + text(step.get(block - 1).losses())
              + " (lower training.learning-rate, set training.clip-norm, or look at the data)");
    }
  }

  private static String text(List<LossTerm> losses) {
    return losses.stream()
        .map(term -> term.name() + " " + term.value())
        .collect(Collectors.joining(", "));
  }

  private double learningRate(int index) {
    OptimiserSpec optimiser = plan.network().blocks().get(index).optimiser();
    double progress = (double) replica.block(index + 1).progressExamples() / plan.examplesOfRun();
    return optimiser.learningRateAt(progress);
  }

  /** Answers of every block of a snapshot; the replica is as before afterwards. */
  public Answers evaluate(List<BlockState> snapshot, List<Shard> shards)
      throws InterruptedException {
    List<BlockState> own = network.blocks().stream().map(BlockState::initial).toList();
    apply(snapshot);
    try (BatchSource batches = images.inOrder(shards, plan.transform(), plan.evaluationBatch())) {
      return Scoring.answers(network, plan.network().classes(), batches);
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
