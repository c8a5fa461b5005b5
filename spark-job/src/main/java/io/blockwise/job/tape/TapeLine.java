package io.blockwise.job.tape;

import static io.blockwise.base.Checks.invalid;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.blockwise.base.Names;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.worker.Lease;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/** One line of a tape, as JSON {@code {"fold":{...}}}. Workers count from 1. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, include = JsonTypeInfo.As.WRAPPER_OBJECT)
@JsonSubTypes({
  @JsonSubTypes.Type(name = "start", value = TapeLine.Start.class),
  @JsonSubTypes.Type(name = "lease", value = TapeLine.Dealt.class),
  @JsonSubTypes.Type(name = "turn", value = TapeLine.Turn.class),
  @JsonSubTypes.Type(name = "fold", value = TapeLine.Folded.class),
  @JsonSubTypes.Type(name = "reply", value = TapeLine.Noted.class),
  @JsonSubTypes.Type(name = "end", value = TapeLine.End.class)
})
public sealed interface TapeLine {
  /** In place of a worker's number. */
  int DRIVER = 0;

  /** The worker on whose thread it happens, or {@link #DRIVER}. */
  int actor();

  /**
   * The first line: which run this is.
   *
   * @param format version of the tape's format
   * @param configuration SHA-256 of the run's {@code resolved.conf}
   * @param dataset fingerprint of the data set
   * @param engine what computes, in words; empty if that is not this process
   * @param threads of every worker
   * @param turns whether the ledgers were called in turns, as a replay needs it
   */
  record Start(
      int format,
      String runId,
      String configuration,
      String dataset,
      String engine,
      int workers,
      int threads,
      boolean turns)
      implements TapeLine {
    /** In the format of this program. */
    public static Start of(
        String runId,
        String configuration,
        String dataset,
        String engine,
        int workers,
        int threads,
        boolean turns) {
      return new Start(
          TapeFormat.VERSION, runId, configuration, dataset, engine, workers, threads, turns);
    }

    @Override
    public int actor() {
      return DRIVER;
    }
  }

  /**
   * A worker was given a lease, and is counted on from here.
   *
   * @param shards their files, in the order in which they are read
   */
  record Dealt(int worker, long lease, int epoch, List<String> shards) implements TapeLine {
    public Dealt {
      shards = List.copyOf(shards);
    }

    static Dealt of(Lease lease) {
      return new Dealt(
          lease.worker() + 1,
          lease.attempt().lease(),
          lease.epoch(),
          lease.shards().stream().map(Shard::file).toList());
    }

    @Override
    public int actor() {
      return DRIVER;
    }
  }

  /** What is done to a ledger. */
  enum Act {
    /** A worker opens its lease at all ledgers. */
    @JsonProperty("open")
    OPEN,
    @JsonProperty("push")
    PUSH,
    @JsonProperty("fetch")
    FETCH,
    /** A fetch that has waited until its push was decided. */
    @JsonProperty("await")
    AWAIT,
    /** A worker ends its lease at one ledger. */
    @JsonProperty("close")
    CLOSE,
    /** The driver ends a worker's lease, which was reported, at all ledgers. */
    @JsonProperty("retire")
    RETIRE,
    /** The driver gives a worker up that was lost. */
    @JsonProperty("lose")
    LOSE
  }

  /**
   * A call of one ledger, or of all of them one after the other; what it folds follows.
   *
   * @param block 0: all of them
   * @param number of the push, or of the lease
   * @param measured by the worker, of which a ledger may make its period or a wait: the time of a
   *     step and of the way to the ledger and back, in nanoseconds; 0 but of pushes
   * @param nanos since the tape began, which is the time that the ledger is told
   */
  record Turn(int worker, Act act, int block, long number, Measured measured, long nanos)
      implements TapeLine {
    /** Times that no second run has again. */
    record Measured(long step, long roundTrip) {
      private static final Measured NOTHING = new Measured(0, 0);

      Measured {
        requireTime("step", step);
        requireTime("round_trip", roundTrip);
      }
    }

    public Turn {
      requireTime("nanos", nanos);
    }

    private static void requireTime(String name, long nanos) {
      if (nanos < 0) {
        throw invalid(name, nanos, "must be at least 0");
      }
    }

    static Turn of(LeaseAttempt attempt, Act act) {
      return of(attempt, act, 0, attempt.lease());
    }

    static Turn of(LeaseAttempt attempt, Act act, int block, long number) {
      return new Turn(attempt.worker() + 1, act, block, number, Measured.NOTHING, 0);
    }

    static Turn of(Push push) {
      Measured measured = new Measured(push.timing().stepNanos(), push.timing().roundTripNanos());
      return new Turn(
          push.lease().worker() + 1, Act.PUSH, push.block(), push.sequence(), measured, 0);
    }

    /** The push as it was measured in this turn. */
    Push timed(Push push) {
      return push.timed(
          new Push.Timing(measured.step(), push.timing().period(), measured.roundTrip()));
    }

    Turn at(long time) {
      return new Turn(worker, act, block, number, measured, time);
    }

    /** The same call, with the times of another one. */
    Turn asTimed(Turn other) {
      return new Turn(worker, act, block, number, other.measured, other.nanos);
    }

    @Override
    public int actor() {
      return act == Act.RETIRE || act == Act.LOSE ? DRIVER : worker;
    }
  }

  /**
   * A push has moved its block's ledger.
   *
   * @param sequence number of the push
   * @param base version that it builds on
   * @param version of the ledger from now on
   * @param weight of what the push has learned
   * @param gain by which that was made longer; 1 if it was not
   * @param state CRC-32C of the ledger's parameters and running statistics from now on
   */
  record Folded(
      int worker,
      int block,
      long sequence,
      long base,
      long version,
      double weight,
      double gain,
      String state)
      implements TapeLine {
    private static final int PIECE = 16 << 10;

    static Folded of(Push push, double weight, double gain, BlockState after) {
      return new Folded(
          push.lease().worker() + 1,
          push.block(),
          push.sequence(),
          push.baseVersion(),
          after.version(),
          weight,
          gain,
          checksum(after));
    }

    private static String checksum(BlockState state) {
      CRC32C sum = new CRC32C();
      ByteBuffer piece = ByteBuffer.allocate(PIECE * Float.BYTES);
      for (FloatVector values : List.of(state.value(), state.statistics())) {
        for (int first = 0; first < values.length(); first += PIECE) {
          values.write(first, Math.min(PIECE, values.length() - first), piece.clear());
          sum.update(piece.flip());
        }
      }
      for (int row : state.table().changedSince(state.version() - 1).shared()) {
        FloatVector values = FloatVector.owning(state.table().row(row));
        ByteBuffer whole = ByteBuffer.allocate(values.length() * Float.BYTES);
        values.write(0, values.length(), whole);
        sum.update(whole.flip());
      }
      return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    @Override
    public int actor() {
      return worker;
    }
  }

  /**
   * A worker has taken note of an answer.
   *
   * @param batch of its lease after which it did so; 0 before the first
   * @param decided number of its latest push that was decided, 0 if none was
   * @param verdict on that push
   * @param version of the state that came with it
   * @param members workers that the averaging counts on, the {@code L} of its rules
   * @param others settled examples of all other workers
   */
  record Noted(
      int worker,
      int block,
      long batch,
      long decided,
      String verdict,
      long version,
      int members,
      long others)
      implements TapeLine {
    static Noted of(LeaseAttempt attempt, long batch, Reply reply) {
      return new Noted(
          attempt.worker() + 1,
          reply.block(),
          batch,
          reply.decided(),
          Names.of(reply.verdict()),
          reply.state().version(),
          reply.members(),
          reply.otherExamples());
    }

    @Override
    public int actor() {
      return worker;
    }
  }

  /**
   * The last line: the run has trained all of its epochs.
   *
   * @param epoch whose state it is
   * @param blocks SHA-256 of every block's file
   */
  record End(int epoch, List<String> blocks) implements TapeLine {
    public End {
      blocks = List.copyOf(blocks);
    }

    @Override
    public int actor() {
      return DRIVER;
    }
  }
}
