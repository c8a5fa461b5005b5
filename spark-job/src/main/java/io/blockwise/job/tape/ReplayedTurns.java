package io.blockwise.job.tape;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.tape.TapeLine.Act;
import io.blockwise.job.tape.TapeLine.Dealt;
import io.blockwise.job.tape.TapeLine.Folded;
import io.blockwise.job.tape.TapeLine.Turn;
import io.blockwise.job.tape.TapeReader.Numbered;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets everybody wait for the turn that the tape says. What is done in it has to be what the tape
 * says, too. Thread-safe.
 */
final class ReplayedTurns implements Turns {
  private final TapeReader tape;
  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Set<Integer> running = new HashSet<>();
  private final Map<Integer, TapeLine> waiting = new HashMap<>();
  private RunFailedException failure;
  private Turn turn = Turn.of(new LeaseAttempt("", 0, 0, 0), Act.OPEN);
  private long lines = 1;
  private long stoodAt;

  /**
   * @param tape before its second line
   * @param name of its file
   */
  ReplayedTurns(TapeReader tape, String name) {
    this.tape = tape;
    this.name = name;
  }

  @Override
  public <T> T turn(Turn line, Function<Turn, T> act) {
    return inTurn(List.of(line), () -> act.apply(line.asTimed(turn)));
  }

  @Override
  public void deal(List<Dealt> lines, Runnable act) {
    if (!lines.isEmpty()) {
      inTurn(
          lines,
          () -> {
            lines.forEach(line -> running.add(line.worker()));
            act.run();
            return lines;
          });
    }
  }

  @Override
  public void note(TapeLine line) {
    if (lock.isHeldByCurrentThread()) {
      take(line);
    } else {
      inTurn(List.of(line), () -> line);
    }
  }

  private <T> T inTurn(List<? extends TapeLine> own, Supplier<T> act) {
    lock.lock();
    try {
      while (!isTurnOf(own.get(0).actor())) {
        waiting.put(own.get(0).actor(), own.get(0));
        moved.await();
      }
      waiting.remove(own.get(0).actor());
      return happened(own, act);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before its turn", e);
    } finally {
      lock.unlock();
    }
  }

  private <T> T happened(List<? extends TapeLine> own, Supplier<T> act) {
    own.forEach(this::take);
    T result = act.get();
    Numbered next = tape.peek();
    if (next != null && next.line() instanceof Folded) {
      throw fail(next, "no such fold");
    }
    moved.signalAll();
    return result;
  }

  @Override
  public Reply await(Turn line, long sequence, Supplier<Reply> fetch, Duration atMost)
      throws InterruptedException {
    long left = atMost.toNanos();
    lock.lockInterruptibly();
    try {
      while (true) {
        while (!isTurnOf(line.actor())) {
          if (left <= 0) {
            return fetch.get(); // the clock stands still, so that it changes nothing
          }
          waiting.put(line.actor(), line);
          left = moved.awaitNanos(left);
        }
        waiting.remove(line.actor());
        Reply reply = happened(List.of(line), fetch);
        if (reply.decides(sequence)) {
          return reply;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long nanos() {
    lock.lock();
    try {
      return turn.nanos();
    } finally {
      lock.unlock();
    }
  }

  /** Lines that have happened again. */
  long lines() {
    lock.lock();
    try {
      return lines;
    } finally {
      lock.unlock();
    }
  }

  private boolean isTurnOf(int actor) {
    requireFollowed();
    Numbered next = tape.peek();
    return next == null || next.line().actor() == actor;
  }

  private void requireFollowed() {
    if (failure != null) {
      throw failure;
    }
  }

  private void take(TapeLine own) {
    requireFollowed();
    Numbered next = tape.peek();
    if (next == null) {
      throw fail("its last line has come, and the replay goes on with " + TapeFormat.text(own));
    }
    TapeLine timed = own;
    if (next.line() instanceof Turn taped && own instanceof Turn mine) {
      timed = mine.asTimed(taped);
      turn = taped;
    }
    if (!next.line().equals(timed)) {
      throw fail(next, TapeFormat.text(timed));
    }
    tape.poll();
    lines++;
  }

  /** The leases that are dealt next, in one turn. */
  List<Numbered> dealtNext() {
    lock.lock();
    try {
      requireFollowed();
      List<Numbered> dealt = new ArrayList<>();
      for (Optional<Numbered> next = tape.peek(0);
          next.isPresent() && next.get().line() instanceof Dealt;
          next = tape.peek(dealt.size())) {
        dealt.add(next.get());
      }
      return dealt;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The worker, from 0, whose lease ends next, if that comes next.
   *
   * @param ended workers, from 0, whose leases have ended, and are not known to have
   * @throws RunFailedException if nobody is there to do what comes next
   */
  OptionalInt endsNext(Set<Integer> ended) {
    lock.lock();
    try {
      requireFollowed();
      Numbered next = tape.peek();
      if (next != null && next.line() instanceof Turn turn && turn.act() == Act.RETIRE) {
        return endsNext(next, turn.worker(), ended);
      }
      requireSomebody(next, ended);
      return OptionalInt.empty();
    } finally {
      lock.unlock();
    }
  }

  private OptionalInt endsNext(Numbered next, int worker, Set<Integer> ended) {
    if (!running.contains(worker)) {
      throw fail(next, "no lease of that worker");
    }
    if (waiting.containsKey(worker)) {
      // for a turn that the tape has not: it would wait until its patience is at an end
      throw fail(next, TapeFormat.text(waiting.get(worker)));
    }
    if (!ended.contains(worker - 1)) {
      return OptionalInt.empty();
    }
    running.remove(worker);
    return OptionalInt.of(worker - 1);
  }

  // What the driver has to do it has done before it asks again, so it stands at a line but once.
  private void requireSomebody(Numbered next, Set<Integer> ended) {
    if (next == null) {
      throw fail("its last line has come, and the replay goes on");
    }
    int actor = next.line().actor();
    boolean stands = actor == TapeLine.DRIVER && stoodAt == next.number();
    boolean idle =
        actor != TapeLine.DRIVER && (!running.contains(actor) || ended.contains(actor - 1));
    if (stands || idle) {
      throw fail(next, "nothing of the kind");
    }
    stoodAt = next.number();
  }

  /** Ends the run, as a line of the tape does not happen. */
  RunFailedException fail(Numbered taped, String replayed) {
    return fail(
        "line "
            + taped.number()
            + " of "
            + name
            + " is "
            + taped.text()
            + ", and the replay has "
            + replayed);
  }

  private RunFailedException fail(String fact) {
    lock.lock();
    try {
      failure =
          new RunFailedException(
              "Cannot follow the tape: "
                  + fact
                  + " (the tape or the data was changed, or this program, library or processor is"
                  + " not the one of the run)");
      moved.signalAll();
      return failure;
    } finally {
      lock.unlock();
    }
  }
}
