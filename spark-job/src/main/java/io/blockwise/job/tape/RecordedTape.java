package io.blockwise.job.tape;

import io.blockwise.model.averaging.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * A tape that is written while a run goes on. Its lines are on storage at the latest when the next
 * lease starts, except on an object store. Thread-safe.
 */
public final class RecordedTape extends TurnsTape {
  private final Recorder recorder;

  private RecordedTape(Recorder recorder) {
    super(recorder);
    this.recorder = recorder;
  }

  /**
   * The tape of a run whose workers are threads of this process.
   *
   * @param out is closed with the tape
   * @param nanoClock monotonic time in nanoseconds
   */
  public static Tape ofThreads(FSDataOutputStream out, LongSupplier nanoClock) {
    return new RecordedTape(new InTurns(out, nanoClock));
  }

  /** The tape of a run whose workers are elsewhere: what was dealt and what was folded. */
  public static Tape ofExecutors(FSDataOutputStream out, LongSupplier nanoClock) {
    return new RecordedTape(new Recorder(out, nanoClock));
  }

  /** The first line but for what the tape knows itself. */
  @Override
  public void begin(Supplier<TapeLine.Start> start) {
    recorder.note(start.get());
  }

  @Override
  public void end(Supplier<TapeLine.End> end) {
    recorder.note(end.get());
  }

  @Override
  public void close() throws IOException {
    recorder.close();
  }

  /** Writes down what happens, and has no say in it. Thread-safe. */
  private static class Recorder implements Turns {
    private final FSDataOutputStream out;
    private final LongSupplier nanoClock;

    private final long began;

    Recorder(FSDataOutputStream out, LongSupplier nanoClock) {
      this.out = out;
      this.nanoClock = nanoClock;
      began = nanoClock.getAsLong();
    }

    @Override
    public <T> T turn(TapeLine.Turn line, Function<TapeLine.Turn, T> act) {
      TapeLine.Turn now = line.at(nanos());
      note(now);
      return act.apply(now);
    }

    @Override
    public void deal(List<TapeLine.Dealt> lines, Runnable act) {
      lines.forEach(this::note);
      act.run();
      flush();
    }

    @Override
    public Reply await(TapeLine.Turn line, long sequence, Supplier<Reply> fetch, Duration atMost)
        throws InterruptedException {
      throw new IllegalStateException("executors wait on their own");
    }

    @Override
    public void note(TapeLine line) {
      byte[] bytes = (TapeFormat.text(line) + '\n').getBytes(StandardCharsets.UTF_8);
      try {
        write(bytes);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    public long nanos() {
      return nanoClock.getAsLong() - began;
    }

    private synchronized void write(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    private synchronized void flush() {
      try {
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hflush();
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private static UncheckedIOException failed(IOException e) {
      return new UncheckedIOException("Cannot write the tape: " + e.getMessage(), e);
    }

    final synchronized void close() throws IOException {
      out.close();
    }
  }

  /** Lets one call of a ledger happen after the other, each at a time of its own. Thread-safe. */
  private static final class InTurns extends Recorder {
    private static final long GLANCE_MILLIS = 5;

    private long nanos;
    private List<TapeLine> held;

    InTurns(FSDataOutputStream out, LongSupplier nanoClock) {
      super(out, nanoClock);
    }

    @Override
    public synchronized <T> T turn(TapeLine.Turn line, Function<TapeLine.Turn, T> act) {
      nanos = super.nanos();
      try {
        return super.turn(line, act);
      } finally {
        notifyAll();
      }
    }

    @Override
    public synchronized void deal(List<TapeLine.Dealt> lines, Runnable act) {
      super.deal(lines, act);
    }

    @Override
    public synchronized Reply await(
        TapeLine.Turn line, long sequence, Supplier<Reply> fetch, Duration atMost)
        throws InterruptedException {
      long end = super.nanos() + atMost.toNanos();
      while (true) {
        Reply reply = tried(line, sequence, fetch);
        long left = TimeUnit.NANOSECONDS.toMillis(end - super.nanos());
        if (reply.decides(sequence) || left <= 0) {
          return reply;
        }
        wait(Math.min(left, GLANCE_MILLIS)); // some rounds end when it is time, not by a push
      }
    }

    private Reply tried(TapeLine.Turn line, long sequence, Supplier<Reply> fetch) {
      nanos = super.nanos();
      List<TapeLine> folds = new ArrayList<>();
      held = folds;
      Reply reply;
      try {
        reply = fetch.get();
      } finally {
        held = null;
      }
      if (reply.decides(sequence) || !folds.isEmpty()) {
        note(line.at(nanos));
        folds.forEach(this::note);
        notifyAll();
      }
      return reply;
    }

    @Override
    public synchronized void note(TapeLine line) {
      if (held == null) {
        super.note(line);
      } else {
        held.add(line);
      }
    }

    @Override
    public synchronized long nanos() {
      return nanos;
    }
  }
}
