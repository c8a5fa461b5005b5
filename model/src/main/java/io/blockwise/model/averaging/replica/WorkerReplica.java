package io.blockwise.model.averaging.replica;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.Block;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One worker's copies of all blocks, lease by lease: {@link #start} or {@link #resume}, train with
 * {@link BlockReplica#afterStep} for each block and step, {@link #flush}; or {@link #abandon} when
 * training fails. Used by the blocks' thread.
 */
public final class WorkerReplica {
  private final ParameterExchange exchange;
  private final List<BlockReplica> blocks = new ArrayList<>();
  private LeaseAttempt lease;
  private TrainedBlocks trained;

  /** Blocks whose final value it has. */
  private int settled;

  private int firstOpened;

  /** The same by this machine's clock. */
  public WorkerReplica(
      List<? extends Block> blocks,
      ParameterExchange exchange,
      AveragingOptions options,
      Duration patience) {
    this(blocks, exchange, options, patience, System::nanoTime);
  }

  /**
   * @param blocks in their order; block {@code k} of {@code K} pushes {@code (k - 1) / K} of a
   *     period before the first one
   * @param patience longest wait for a push to be settled before {@link NotSettledException}; in
   *     lock-step it has to cover how far workers can be apart
   * @param nanoClock monotonic time in nanoseconds, by which the worker measures itself
   */
  public WorkerReplica(
      List<? extends Block> blocks,
      ParameterExchange exchange,
      AveragingOptions options,
      Duration patience,
      LongSupplier nanoClock) {
    this.exchange = exchange;
    for (int i = 0; i < blocks.size(); i++) {
      this.blocks.add(
          new BlockReplica(
              blocks.get(i), i + 1, exchange, options, blocks.size(), patience, nanoClock));
    }
  }

  /** Begins a lease of all blocks. */
  public void start(LeaseAttempt attempt) throws InterruptedException {
    start(attempt, TrainedBlocks.all(blocks.size()));
  }

  /**
   * Begins a lease from the ledgers' values, with new optimisers. What has not joined stays as it
   * is.
   *
   * @throws LeaseReplacedException if there is a newer attempt at the lease
   */
  public void start(LeaseAttempt attempt, TrainedBlocks which) throws InterruptedException {
    begin(attempt, which);
  }

  private List<Reply> begin(LeaseAttempt attempt, TrainedBlocks which) throws InterruptedException {
    trained = which;
    settled = 0;
    List<Reply> openings = open(attempt, 0);
    // once more, as a block may begin from the one behind it, which has its value only now
    blocks.forEach(BlockReplica::beginOwn);
    return openings;
  }

  /** Begins the lease of all blocks that directly follows. */
  public void resume(LeaseAttempt attempt) throws InterruptedException {
    resume(attempt, TrainedBlocks.all(blocks.size()));
  }

  /**
   * Begins a lease where this replica's last one was flushed: optimisers stay, and so does what no
   * push has carried yet. Blocks that are frozen from now on take the ledger's value, which is
   * asked for once; those that join begin from it. Only for the lease that directly follows.
   *
   * @throws LeaseReplacedException if there is a newer attempt at the lease
   */
  public void resume(LeaseAttempt attempt, TrainedBlocks which) throws InterruptedException {
    int joinedBefore = trained.joined();
    trained = which;
    open(attempt, joinedBefore);
  }

  /** What of the blocks that have trained in the last lease no ledger knows, first to last. */
  public List<ReplicaMemento> memento() {
    return blocks.subList(trained.frozen(), trained.joined()).stream()
        .map(BlockReplica::memento)
        .toList();
  }

  /**
   * Begins a lease where another replica's last one was flushed. Blocks that have not trained in
   * that, or no longer do, take the ledger's value.
   *
   * @param kept of the blocks that it has trained, first to last
   * @param keptOf which those are
   * @throws LeaseReplacedException if there is a newer attempt at the lease
   */
  public void restore(
      LeaseAttempt attempt, TrainedBlocks which, List<ReplicaMemento> kept, TrainedBlocks keptOf)
      throws InterruptedException {
    List<Reply> openings = begin(attempt, which);
    int last = Math.min(which.joined(), keptOf.joined());
    for (int number = Math.max(which.frozen(), keptOf.frozen()) + 1; number <= last; number++) {
      ReplicaMemento own = kept.get(number - keptOf.frozen() - 1);
      block(number).restore(own, openings.get(number - 1).state());
    }
  }

  /**
   * @param joinedBefore blocks that this replica goes on with, unless they are frozen now
   * @return the answers of the ledgers that were asked, from {@code firstOpened} on
   */
  private List<Reply> open(LeaseAttempt attempt, int joinedBefore) throws InterruptedException {
    firstOpened = settled + 1;
    List<KnownTable> known =
        blocks.subList(settled, trained.joined()).stream().map(BlockReplica::known).toList();
    List<Reply> openings = exchange.open(attempt, firstOpened, known);
    lease = attempt;
    for (int number = firstOpened; number <= trained.joined(); number++) {
      Reply opening = openings.get(number - firstOpened);
      if (number <= trained.frozen() || number > joinedBefore) {
        block(number).start(attempt, opening);
      } else {
        block(number).resume(attempt, opening);
      }
    }
    settled = trained.frozen();
    return openings;
  }

  /** The replica of a block, numbered from 1. */
  public BlockReplica block(int number) {
    return blocks.get(number - 1);
  }

  /** Sends what is left of every block, waits until it is settled and ends the lease. */
  public void flush() throws InterruptedException {
    List<BlockReplica> training = blocks.subList(trained.frozen(), trained.joined());
    // All are sent before any is waited for: in lock-step, another worker may wait for any of them.
    for (BlockReplica block : training) {
      block.sendRemainder();
    }
    for (BlockReplica block : training) {
      block.awaitSettled();
    }
    abandon();
  }

  /** Ends the lease without sending what is left. Does nothing if it has ended or never began. */
  public void abandon() {
    if (lease == null) {
      return;
    }
    for (int number = firstOpened; number <= trained.joined(); number++) {
      exchange.close(lease, number);
    }
  }

  /** Pushes sent for all blocks, repeated ones included. */
  public long sent() {
    return blocks.stream().mapToLong(BlockReplica::sent).sum();
  }
}
