package io.blockwise.job.exchange.executor;

import io.blockwise.job.exchange.wire.Answer;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.PushHeader;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Sends a push to the driver, piece by piece. Each answer says how much has arrived, and the next
 * piece goes on from there. Used by one thread at a time.
 */
final class PushRequest implements RequestSender.Request<Reply> {
  private static final int MOST_RESTARTS = 16;

  private final DriverLink link;
  private final Push push;
  private final PushHeader header;
  private final byte[] behind;
  private final int chunkBytes;
  private long arrived;

  PushRequest(DriverLink link, Push push, int chunkBytes) {
    this.link = link;
    this.push = push;
    this.header = PushHeader.of(push);
    this.chunkBytes = chunkBytes;
    this.behind = behindValues(push, Math.toIntExact(header.bytes() - header.valueBytes()));
  }

  /** Statistics and numbers of rows. */
  private static byte[] behindValues(Push push, int bytes) {
    ByteBuffer into = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    push.statistics().write(0, push.statistics().length(), into);
    for (int number : push.rows().shared()) {
      into.putInt(number);
    }
    return into.array();
  }

  @Override
  public Optional<Reply> advance() throws InterruptedException {
    int restarts = 0;
    while (restarts < MOST_RESTARTS) {
      Answer answer = link.answer(push.lease(), piece(arrived));
      if (answer.isLater()) {
        return Optional.empty();
      }
      Reply reply = answer.reply(push.block());
      if (answer.status() == Status.FENCED || answer.arrived() == header.bytes()) {
        return Optional.of(reply);
      }
      restarts += answer.arrived() <= arrived ? 1 : 0;
      arrived = requirePossible(answer.arrived());
    }
    throw new ReplyLostException("The driver has dropped what arrived of " + push, null);
  }

  private long requirePossible(long offset) {
    if (offset < 0 || offset > header.bytes()) {
      throw new ReplyLostException("The driver's answer is damaged", null);
    }
    return offset;
  }

  private byte[] piece(long offset) {
    int count = (int) Math.min(chunkBytes, header.bytes() - offset);
    ByteBuffer message =
        Message.begin(
            Message.Kind.PUSH,
            push.lease(),
            push.block(),
            push.sequence(),
            header.bytesInFront() + count);
    header.write(message);
    message.putLong(offset);
    int ofValues = (int) Math.max(0, Math.min(count, header.valueBytes() - offset));
    push.values().write(offset, ofValues, message);
    int first = (int) Math.max(0, offset - header.valueBytes());
    message.put(behind, first, count - ofValues);
    return Message.end(message);
  }
}
