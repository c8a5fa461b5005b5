package io.blockwise.job.exchange.wire;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.averaging.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The driver's answer to a message: a status, followed by what the message asked for.
 *
 * <p>To a push, a fetch or an opening that is a ledger's {@link Reply}: {@code long bytes of the
 * push that have arrived, int blocks of the run, int block, long decided, byte verdict, byte yours,
 * int members, long own examples, long other examples, int period, long version, int pieces of the
 * value, int values, int statistics}; values are without those of a table. A value that is small
 * enough follows at once; the pieces of others are asked for. Used by one thread.
 */
public final class Answer {
  /** Values up to this length come with the answer. */
  static final int INLINE_BYTES = 256 << 10;

  private static final int ARRIVED = 1;
  private static final int BLOCKS = ARRIVED + Long.BYTES;
  private static final int REPLY = BLOCKS + Integer.BYTES;
  private static final int PIECES = REPLY + 4 * Long.BYTES + 3 * Integer.BYTES + 2;
  private static final int VALUES = PIECES + Integer.BYTES;
  private static final int STATISTICS = VALUES + Integer.BYTES;

  /** Bytes in front of a value. */
  static final int BYTES = STATISTICS + Integer.BYTES;

  private static final Verdict[] VERDICTS = Verdict.values();

  private final Status status;
  private final ByteBuffer bytes;

  private Answer(Status status, ByteBuffer bytes) {
    this.status = status;
    this.bytes = bytes;
  }

  /**
   * Writes a ledger's reply.
   *
   * @param arrived bytes of a push that are there; without meaning for other questions
   * @param blocks of the run
   * @param decided in place of the reply's
   * @param state to be adopted; null if there is nothing to adopt
   */
  public static byte[] write(
      long arrived, int blocks, Reply reply, long decided, EncodedState state) {
    boolean inline = state != null && isInline(state);
    int extra = inline ? state.reply(0).length - EncodedState.HEAD_BYTES : 0;
    ByteBuffer into = ByteBuffer.allocate(BYTES + extra).order(ByteOrder.LITTLE_ENDIAN);
    into.put((byte) Status.OK.ordinal()).putLong(arrived).putInt(blocks).putInt(reply.block());
    into.putLong(decided).put((byte) reply.verdict().ordinal());
    into.put((byte) (reply.yours() ? 1 : 0)).putInt(reply.members());
    into.putLong(reply.ownExamples()).putLong(reply.otherExamples()).putInt(reply.period());
    into.putLong(state == null ? reply.state().version() : state.version());
    into.putInt(state == null ? 0 : state.pieces());
    into.putInt(state == null ? 0 : state.values());
    into.putInt(state == null ? 0 : state.statistics());
    if (inline) {
      into.put(state.reply(0), EncodedState.HEAD_BYTES, extra);
    }
    return into.array();
  }

  /** Whether a value comes with the answer. */
  public static boolean isInline(EncodedState state) {
    return state.pieces() == 1 && state.reply(0).length - EncodedState.HEAD_BYTES <= INLINE_BYTES;
  }

  /**
   * Reads what has come from the driver.
   *
   * @throws ReplyLostException if that is damaged
   */
  public static Answer read(Object reply) {
    if (reply instanceof byte[] bytes && bytes.length > 0) {
      Status status = Status.of(bytes[0]).orElseThrow(Answer::damaged);
      return new Answer(status, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
    throw damaged();
  }

  private static ReplyLostException damaged() {
    return new ReplyLostException("The driver's answer is damaged", null);
  }

  /** What the driver makes of the message. */
  public Status status() {
    return status;
  }

  /** Whether the driver wants to be asked again. */
  public boolean isLater() {
    return status == Status.PENDING || status == Status.BUSY;
  }

  /**
   * What the ledger of a block has said, without its values; {@link Verdict#FENCED} is said by the
   * driver without a ledger, too.
   */
  public Reply reply(int block) {
    if (status == Status.FENCED) {
      return Reply.fenced(block, 0, 0);
    }
    if (bytes.capacity() < BYTES
        || bytes.getInt(REPLY) != block
        || blocks() < 1
        || pieces() < 0
        || number(VALUES) < 0
        || number(STATISTICS) < 0) {
      throw damaged();
    }
    ByteBuffer from = from(REPLY + Integer.BYTES);
    long decided = from.getLong();
    Verdict verdict = VERDICTS[Math.floorMod(from.get(), VERDICTS.length)];
    boolean yours = from.get() == 1;
    Reply.Standing standing =
        Reply.Standing.NONE
            .withMembers(from.getInt())
            .withOwnExamples(from.getLong())
            .withOtherExamples(from.getLong())
            .withPeriod(Math.max(1, from.getInt()));
    return new Reply(
        block, decided, verdict, yours, standing, BlockState.ofVersion(from.getLong()));
  }

  private ByteBuffer from(int offset) {
    return bytes.duplicate().order(bytes.order()).position(offset);
  }

  // Who is fenced gets the status alone.
  private int number(int offset) {
    return status == Status.FENCED ? 0 : bytes.getInt(offset);
  }

  /** Bytes of the push that have arrived. Only behind {@link #reply}, as what follows. */
  public long arrived() {
    return status == Status.FENCED ? 0 : bytes.getLong(ARRIVED);
  }

  /** Blocks of the run; 0 for one that is fenced. */
  public int blocks() {
    return number(BLOCKS);
  }

  /** Pieces of the value; 0 if there is none. */
  public int pieces() {
    return number(PIECES);
  }

  /** The value's pieces that have come with the answer: one or none. */
  public List<ByteBuffer> inline() {
    return bytes.capacity() > BYTES ? List.of(from(BYTES)) : List.of();
  }

  /**
   * The state that the pieces of the value make.
   *
   * @throws IllegalArgumentException if they hold too little
   */
  public BlockState state(long version, List<ByteBuffer> value) {
    FloatVector parameters = FloatVector.read(value, number(VALUES));
    FloatVector statistics = FloatVector.read(value, number(STATISTICS));
    return new BlockState(version, parameters, statistics, EncodedTable.read(value, version));
  }

  /** A piece of a value, as the answer to the question for it. */
  public ByteBuffer piece(long version, int index) {
    if (bytes.capacity() < EncodedState.HEAD_BYTES
        || bytes.getLong(1) != version
        || bytes.getInt(1 + Long.BYTES) != index) {
      throw damaged();
    }
    return bytes.position(EncodedState.HEAD_BYTES);
  }
}
