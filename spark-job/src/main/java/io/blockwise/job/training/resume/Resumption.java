package io.blockwise.job.training.resume;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.checkpoint.Checkpoints;
import io.blockwise.job.checkpoint.SavedReplica;
import io.blockwise.job.exchange.wire.WireSize;
import io.blockwise.job.training.dealing.EpochSoFar;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.training.growth.BlockSchedule;
import io.blockwise.job.training.progress.RunFigures;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run goes on: at a checkpoint of its own, or at its beginning. Immutable.
 *
 * @param from the checkpoint; empty to begin
 * @param workers what they go on from, by their numbers from 0
 * @param notices what the user should know of it, a line each
 */
public record Resumption(
    Optional<Checkpoints.Found<RunState>> from,
    Map<Integer, SavedReplica> workers,
    List<String> notices) {
  /** Of a run that begins. */
  public static final Resumption NONE = new Resumption(Optional.empty(), Map.of(), List.of());

  /**
   * The newest checkpoint of a run that was begun before.
   *
   * @throws UserException if it was taken with another data set, or cannot be read
   */
  public static Resumption of(String run, Checkpoints checkpoints, Dataset dataset)
      throws IOException {
    List<String> notices = new ArrayList<>();
    Optional<Checkpoints.Found<RunState>> found = checkpoints.newest(RunState.class, notices::add);
    if (found.isEmpty()) {
      notices.add("Run " + run + " was begun before and has no checkpoint: it begins anew");
      return new Resumption(found, Map.of(), notices);
    }
    Checkpoints.Found<RunState> checkpoint = found.get();
    requireSameData(run, checkpoint.facts(), dataset);
    notices.add(
        String.format(
            Locale.ROOT,
            "Run %s goes on from checkpoint %d, in epoch %d, with %.1f %% of its training done",
            run,
            checkpoint.number(),
            checkpoint.facts().epoch(),
            100 * checkpoint.facts().fraction()));
    String place = checkpoints.directory(checkpoint.number()).toString();
    Map<Integer, SavedReplica> workers = new HashMap<>();
    checkpoint.state().workers().forEach((worker, saved) -> workers.put(worker, saved.in(place)));
    return new Resumption(found, workers, notices);
  }

  private static void requireSameData(String run, Checkpoints.Facts facts, Dataset dataset) {
    if (!facts.dataset().equals(dataset.fingerprint())) {
      throw UserException.cannot(
          "resume run " + run,
          "it was trained on the data set with fingerprint "
              + facts.dataset()
              + ", and "
              + dataset.directory()
              + " has "
              + dataset.fingerprint(),
          "bring that data set back, or choose another run-id");
    }
  }

  /**
   * The ledgers to go on with.
   *
   * @param fresh of a run that begins
   * @throws UserException if they are of another network or other averaging
   */
  public List<BlockLedger> ledgers(List<BlockLedger> fresh) {
    if (from.isEmpty()) {
      return fresh;
    }
    try {
      List<BlockLedger> ledgers = new ArrayList<>();
      for (BlockLedger ledger : fresh) {
        ledgers.add(ledger.restored(from.get().state().ledgers().get(ledger.block() - 1)));
      }
      return ledgers;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw UserException.cannot(
          "resume from checkpoint " + from.get().number(), e.getMessage(), "choose another run-id");
    }
  }

  /** Tells what the driver knows to those who know it. */
  public void restore(BlockSchedule schedule, RunFigures figures, LeaseBook book) {
    from.map(Checkpoints.Found::state)
        .ifPresent(
            state -> {
              schedule.restore(state.schedule());
              figures.restore(state.figures());
              book.restore(state.leases(), workers);
            });
  }

  /** The epoch to go on with; empty to begin. */
  public Optional<EpochSoFar> epoch() {
    return from.map(found -> found.state().epoch());
  }

  /** What the exchange has carried before. */
  public WireSize traffic() {
    return from.map(found -> found.state().traffic()).orElse(WireSize.NONE);
  }

  /** Wall time that the run has taken before, in nanoseconds. */
  public long nanos() {
    return from.map(found -> found.state().nanos()).orElse(0L);
  }
}
