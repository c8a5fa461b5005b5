package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A ledger's reply on its way: status, {@code long bytes of the push that have arrived, int blocks
 * of the run, int block, long decided, byte verdict, byte yours, int members, long own examples,
 * long other examples, int period divisor, long version, int pieces of the value, int values, int
 * statistics}. A value that is small enough follows at once; the pieces of others are asked for.
 *
 * @param arrived bytes of a push that are there; without meaning for other questions
 * @param blocks of the run
 * @param reply without its values
 * @param pieces of the value; 0 if there is none
 * @param values of the block's parameters
 * @param statistics of the block
 * @param inline the value itself, if it is there
 */
record Answer(
    long arrived,
    int blocks,
    Reply reply,
    int pieces,
    int values,
    int statistics,
    ByteBuffer inline) {
  /** Values up to this length come with the answer. */
  static final int INLINE_BYTES = 256 << 10;

  private static final FloatVector NONE = FloatVector.copyOf(new float[0]);
  private static final Verdict[] VERDICTS = Verdict.values();

  /** Bytes in front of a value. */
  static final int BYTES = 1 + 5 * Long.BYTES + 7 * Integer.BYTES + 2;

  /**
   * Writes an answer.
   *
   * @param state to be adopted; null if there is nothing to adopt
   */
  static byte[] write(long arrived, int blocks, Reply reply, long decided, EncodedState state) {
    boolean inline = state != null && isInline(state);
    int extra = inline ? state.reply(0).length - EncodedState.HEAD_BYTES : 0;
    ByteBuffer into = ByteBuffer.allocate(BYTES + extra).order(ByteOrder.LITTLE_ENDIAN);
    into.put((byte) Status.OK.ordinal()).putLong(arrived).putInt(blocks).putInt(reply.block());
    into.putLong(decided).put((byte) reply.verdict().ordinal());
    into.put((byte) (reply.yours() ? 1 : 0)).putInt(reply.members());
    into.putLong(reply.ownExamples()).putLong(reply.otherExamples()).putInt(reply.periodDivisor());
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
  static boolean isInline(EncodedState state) {
    return state.pieces() == 1 && state.reply(0).length - EncodedState.HEAD_BYTES <= INLINE_BYTES;
  }

  /**
   * Reads an answer.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Answer read(ByteBuffer from) {
    if (from.remaining() < BYTES) {
      throw new IllegalArgumentException("an answer of " + from.remaining() + " bytes");
    }
    from.get();
    long arrived = from.getLong();
    int blocks = from.getInt();
    int block = from.getInt();
    long decided = from.getLong();
    Verdict verdict = VERDICTS[Math.floorMod(from.get(), VERDICTS.length)];
    boolean yours = from.get() == 1;
    int members = from.getInt();
    long own = from.getLong();
    long others = from.getLong();
    int divisor = from.getInt();
    BlockState state = new BlockState(from.getLong(), NONE, NONE);
    Reply reply = new Reply(block, decided, verdict, yours, members, own, others, divisor, state);
    int pieces = from.getInt();
    int values = from.getInt();
    int statistics = from.getInt();
    if (blocks < 1 || pieces < 0 || values < 0 || statistics < 0) {
      throw new IllegalArgumentException("an answer with negative lengths");
    }
    return new Answer(arrived, blocks, reply, pieces, values, statistics, from.slice());
  }

  /** The reply with its value. */
  Reply with(List<ByteBuffer> value) {
    return new Reply(
        reply.block(),
        reply.decided(),
        reply.verdict(),
        reply.yours(),
        reply.members(),
        reply.ownExamples(),
        reply.otherExamples(),
        reply.periodDivisor(),
        new BlockState(
            reply.state().version(),
            FloatVector.read(value, values),
            FloatVector.read(value, statistics)));
  }
}
