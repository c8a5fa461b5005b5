package io.blockwise.job.training;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.feed.ImageBatches;
import io.blockwise.job.feed.ImageRows;
import io.blockwise.job.feed.Pass;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.WorkerReplica;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.network.StepFigures;
import io.blockwise.model.spec.OptimiserSpec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A replica of the whole network and the loop that trains it, lease by lease.
 *
 * <p>Owns one thread for life: numerical libraries tie memory and threads to it. Everything but the
 * constructor's caller runs there. Used by that one thread.
 */
final class Worker implements AutoCloseable {
  private final WorkerPlan plan;
  private final DecoupledNetwork network;
  private final WorkerReplica replica;
  private LeaseAttempt predecessor;
  private long steps;
  private int nonFiniteInARow;

  /** Builds the replica on the calling thread. */
  Worker(WorkerPlan plan, ParameterExchange exchange) {
    this.plan = plan;
    network = new DecoupledNetwork(Engines.create(plan.engine()), plan.network(), plan.seed());
    replica = new WorkerReplica(network.blocks(), exchange, plan.averaging(), plan.patience());
  }

  /**
   * One pass over the lease's rows.
   *
   * @throws RunFailedException if too many batches in a row were not finite
   */
  LeaseReport train(Lease lease, List<ImageRows> rows, LiveFigures figures)
      throws InterruptedException {
    open(lease.attempt());
    Pass pass = new Pass(plan.seed(), lease.epoch(), lease.shards().get(0).firstRow());
    ImageBatches batches = ImageBatches.shuffled(rows, plan.transform(), pass, plan.batchSize());
    long start = System.nanoTime();
    long examples = 0;
    long nonFinite = 0;
    long averaging = 0;
    try (Feed feed = new Feed(batches, plan.prefetchThreads())) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        examples += batch.rows();
        List<StepFigures> step = network.step(batch, this::learningRate);
        feed.release(batch);
        steps++;
        figures.add(step);
        long trained = System.nanoTime();
        nonFinite += average(step) ? 0 : 1;
        averaging += System.nanoTime() - trained;
      }
      long last = System.nanoTime();
      replica.flush();
      averaging += System.nanoTime() - last;
      predecessor = lease.attempt();
      long nanos = System.nanoTime() - start;
      return new LeaseReport(
          batches.batches(),
          examples,
          batches.dropped(),
          nonFinite,
          nanos,
          feed.waitedNanos(),
          averaging);
    } finally {
      if (predecessor == null) {
        replica.abandon();
      }
    }
  }

  /** A replica goes on where its last lease ended, or starts from the ledgers. */
  private void open(LeaseAttempt attempt) throws InterruptedException {
    if (predecessor != null && attempt.lease() == predecessor.lease() + 1) {
      replica.resume(attempt);
    } else {
      replica.start(attempt);
    }
    predecessor = null;
  }

  /** Lets every block push and adopt; returns whether all of them took the step. */
  private boolean average(List<StepFigures> step) throws InterruptedException {
    for (int k = 0; k < step.size(); k++) {
      if (!step.get(k).finite()) {
        replica.block(k + 1).resetFromLedger();
        requireFiniteSoon(k + 1, step);
        return false;
      }
      replica.block(k + 1).afterStep(step.get(k).examples());
    }
    nonFiniteInARow = 0;
    return true;
  }

  private void requireFiniteSoon(int block, List<StepFigures> step) {
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
    return optimiser.learningRate() * optimiser.schedule().factor(progress);
  }

  /**
   * Correct answers of every block of a snapshot; the replica is as before afterwards.
   *
   * @return one count per block
   */
  long[] evaluate(List<BlockState> snapshot, List<ImageRows> rows) throws InterruptedException {
    List<BlockState> own = network.blocks().stream().map(BlockState::initial).toList();
    apply(snapshot);
    try {
      return Scoring.correct(
          network, ImageBatches.inOrder(rows, plan.transform(), plan.evaluationBatch()));
    } finally {
      apply(own);
    }
  }

  private void apply(List<BlockState> states) {
    for (int k = 0; k < states.size(); k++) {
      states.get(k).applyTo(network.blocks().get(k));
    }
  }

  /** Pushes sent so far, repeated ones included. */
  long sent() {
    return replica.sent();
  }

  @Override
  public void close() {
    network.close();
  }
}
