package io.blockwise.job.tape;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.tape.TapeLine.End;
import io.blockwise.job.tape.TapeLine.Start;
import io.blockwise.job.worker.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A tape that a run follows: everybody waits for the turn that the tape says, and what happens is
 * compared with it. The first difference ends the run with a {@link
 * io.blockwise.job.RunFailedException} that names the line. Thread-safe.
 */
public final class ReplayedTape extends TurnsTape {
  private final TapeReader reader;
  private final ReplayedTurns turns;
  private final Start start;
  private final End end;

  private ReplayedTape(TapeReader.Run run, TapeReader reader, ReplayedTurns turns) {
    super(turns);
    this.reader = reader;
    this.turns = turns;
    start = run.start();
    end = run.end();
  }

  /**
   * Opens a tape that is whole.
   *
   * @throws UserException if it is not, or there is none, or it is of another format
   */
  public static ReplayedTape open(Path file) throws IOException {
    TapeReader.Run run = TapeReader.check(file);
    TapeReader reader = TapeReader.open(file);
    reader.poll();
    return new ReplayedTape(run, reader, new ReplayedTurns(reader, file.getFileName().toString()));
  }

  /** The run that it is of. */
  public Start start() {
    return start;
  }

  /** What the run has come to. */
  public End end() {
    return end;
  }

  @Override
  public Optional<Dealing> dealing(int epoch, List<Shard> shards) {
    return Optional.of(new ReplayedDealing(turns, shards));
  }

  /** The same workers, whose leases end in the order of the tape. */
  public Workers follow(Workers workers) {
    return new ReplayedWorkers(workers, turns);
  }

  @Override
  public void end(Supplier<End> reached) {
    turns.note(reached.get());
  }

  /** Lines so far that have happened again. */
  public long lines() {
    return turns.lines();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
