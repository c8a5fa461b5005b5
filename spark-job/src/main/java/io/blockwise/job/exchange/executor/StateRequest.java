package io.blockwise.job.exchange.executor;

import io.blockwise.job.exchange.wire.Answer;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Asks a ledger for its newest state or for the fate of a push, and reads the value that the answer
 * names, piece by piece, all of one version. Used by one thread at a time.
 */
final class StateRequest implements RequestSender.Request<Reply> {
  // Unlike the numbers of pushes these must differ between all questions of a process.
  private static final AtomicLong QUESTIONS = new AtomicLong();
  private static final int MOST_RESTARTS = 16;

  private final DriverLink link;
  private final LeaseAttempt lease;
  private final int block;
  private final byte[] question;
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private Answer answer;
  private Reply reply;
  private int blocks;

  private StateRequest(DriverLink link, LeaseAttempt lease, int block, byte[] question) {
    this.link = link;
    this.lease = lease;
    this.block = block;
    this.question = question;
  }

  static StateRequest open(DriverLink link, LeaseAttempt lease, int block, KnownTable known) {
    long number = QUESTIONS.incrementAndGet();
    return new StateRequest(link, lease, block, Message.open(lease, block, number, known));
  }

  static StateRequest fetch(DriverLink link, Fetch fetch) {
    LeaseAttempt lease = fetch.lease();
    long number = QUESTIONS.incrementAndGet();
    byte[] question =
        Message.withBody(Message.Kind.FETCH, lease, fetch.block(), fetch.sequence(), number);
    return new StateRequest(link, lease, fetch.block(), question);
  }

  /** Blocks of the run; known with the first answer. */
  int blocks() {
    return blocks;
  }

  @Override
  public Optional<Reply> advance() throws InterruptedException {
    for (int restarts = 0; restarts < MOST_RESTARTS; restarts++) {
      if (answer == null && !ask()) {
        return Optional.empty();
      }
      if (readRest()) {
        return Optional.of(complete());
      }
      answer = null;
    }
    throw new ReplyLostException("The value of block " + block + " could not be read", null);
  }

  private boolean ask() throws InterruptedException {
    Answer asked = link.answer(lease, question);
    if (asked.isLater()) {
      return false;
    }
    reply = asked.reply(block);
    answer = asked;
    blocks = answer.blocks();
    pieces.clear();
    pieces.addAll(answer.inline());
    return true;
  }

  /**
   * Reads the pieces that are not there yet; those that are stay if an answer is lost.
   *
   * @return false if the driver does not hold this version any more, or not for this lease
   */
  private boolean readRest() throws InterruptedException {
    long version = reply.state().version();
    while (pieces.size() < answer.pieces()) {
      int index = pieces.size();
      ByteBuffer message = Message.begin(Message.Kind.VALUE, lease, block, version, Integer.BYTES);
      message.putInt(index);
      Answer piece = link.answer(lease, Message.end(message));
      if (piece.status() != Status.OK) {
        return false; // asked anew, the driver says why
      }
      pieces.add(piece.piece(version, index));
    }
    return true;
  }

  private Reply complete() {
    Answer complete = answer;
    answer = null; // what comes next is another question
    try {
      return reply.withState(complete.state(reply.state().version(), pieces));
    } catch (IllegalArgumentException e) {
      throw new ReplyLostException("The driver's value is damaged", e);
    }
  }
}
