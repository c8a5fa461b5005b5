package io.blockwise.job.tape;

import io.blockwise.model.averaging.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The order in which ledgers are called. Thread-safe. */
interface Turns {
  /**
   * Does something to ledgers when it is its turn; what they fold is noted from within.
   *
   * @param act is told the turn with its times
   */
  <T> T turn(TapeLine.Turn line, Function<TapeLine.Turn, T> act);

  /** Counts on workers that get leases, all in one turn. */
  void deal(List<TapeLine.Dealt> lines, Runnable act);

  /**
   * Fetches again and again until the answer decides a push, at most as long as stated. Fetches
   * that change nothing are no turns.
   *
   * @param sequence number of the push
   */
  Reply await(TapeLine.Turn line, long sequence, Supplier<Reply> fetch, Duration atMost)
      throws InterruptedException;

  /** Something that follows from a turn. */
  void note(TapeLine line);

  /** The time of the present turn; called from within it. */
  long nanos();
}
