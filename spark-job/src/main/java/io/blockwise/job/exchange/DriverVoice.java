package io.blockwise.job.exchange;

import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.averaging.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A driver's answer as it came. Used by one thread. */
final class DriverVoice {
  private static final FloatVector NONE = FloatVector.copyOf(new float[0]);

  private final Status status;
  private final ByteBuffer bytes;

  private DriverVoice(Status status, ByteBuffer bytes) {
    this.status = status;
    this.bytes = bytes;
  }

  /**
   * Asks.
   *
   * @throws ReplyLostException if no answer came, or one that says that the question was damaged
   * @throws RunClosedException if the run has ended
   * @throws IllegalStateException if the driver will never take this message
   */
  static DriverVoice ask(DriverLink link, LeaseAttempt lease, byte[] message)
      throws InterruptedException {
    DriverVoice answer = heard(link, message);
    switch (answer.status) {
      case CLOSED, UNKNOWN_RUN -> throw new RunClosedException(lease.run(), answer.status);
      case OVERSIZED, REFUSED ->
          throw new IllegalStateException(
              "Cannot push for "
                  + lease
                  + ": the driver answers "
                  + answer.status
                  + " (the workers were built from another specification; the driver's log says"
                  + " more)");
      case MALFORMED, TRUNCATED, FAILED ->
          throw new ReplyLostException("The driver answers " + answer.status, null);
      default -> {
        return answer;
      }
    }
  }

  /** As {@link #ask}, but takes every status for an answer. */
  static DriverVoice heard(DriverLink link, byte[] message) throws InterruptedException {
    Object reply;
    try {
      reply = link.ask(message);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new ReplyLostException("No answer from the driver: " + e, e);
    }
    if (reply instanceof byte[] bytes && bytes.length > 0) {
      Status status = Status.of(bytes[0]).orElseThrow(() -> damaged(null));
      return new DriverVoice(status, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    }
    throw damaged(null);
  }

  private static ReplyLostException damaged(RuntimeException cause) {
    return new ReplyLostException("The driver's answer is damaged", cause);
  }

  Status status() {
    return status;
  }

  /** Whether the driver wants to be asked again. */
  boolean isLater() {
    return status == Status.PENDING || status == Status.BUSY;
  }

  /** What a ledger has said; {@link Verdict#FENCED} is said by the driver without one, too. */
  Answer answer(int block) {
    if (status == Status.FENCED) {
      BlockState none = new BlockState(0, NONE, NONE);
      Reply fenced = new Reply(block, 0, Verdict.FENCED, false, 0, 0, 0, 1, none);
      return new Answer(0, 1, fenced, 0, 0, 0, bytes);
    }
    try {
      Answer answer = Answer.read(bytes);
      if (answer.reply().block() != block) {
        throw new IllegalArgumentException("an answer about block " + answer.reply().block());
      }
      return answer;
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  /** A piece of a value. */
  ByteBuffer piece(long version, int index) {
    if (bytes.remaining() < EncodedState.HEAD_BYTES
        || bytes.getLong(1) != version
        || bytes.getInt(1 + Long.BYTES) != index) {
      throw damaged(null);
    }
    return bytes.position(EncodedState.HEAD_BYTES);
  }
}
