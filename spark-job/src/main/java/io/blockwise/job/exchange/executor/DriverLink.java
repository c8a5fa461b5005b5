package io.blockwise.job.exchange.executor;

import io.blockwise.job.exchange.wire.Answer;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ReplyLostException;

/** The way from an executor to the driver. Thread-safe. */
public interface DriverLink {
  /** Sends a message and waits for the answer; any exception says that the answer is lost. */
  Object ask(byte[] message) throws Exception;

  /** Sends a message that may get lost. Does not wait. */
  void send(byte[] message) throws Exception;

  /**
   * Asks, and reads the answer whatever its status.
   *
   * @throws ReplyLostException if no answer came, or a damaged one
   */
  default Answer answer(byte[] message) throws InterruptedException {
    try {
      return Answer.read(ask(message));
    } catch (InterruptedException | ReplyLostException e) {
      throw e;
    } catch (Exception e) {
      throw new ReplyLostException("No answer from the driver: " + e, e);
    }
  }

  /**
   * Asks for a lease; the answer has a status that its holder can go on with.
   *
   * @throws ReplyLostException if no answer came, or one that says that the question was damaged
   * @throws IllegalStateException if the run has ended, or the driver will never take this message
   */
  default Answer answer(LeaseAttempt lease, byte[] message) throws InterruptedException {
    Answer answer = answer(message);
    Status status = answer.status();
    switch (status) {
      case CLOSED, UNKNOWN_RUN ->
          throw new IllegalStateException(
              "Cannot exchange parameters of run "
                  + lease.run()
                  + (status == Status.CLOSED ? ": it has ended" : ": the driver does not know it"));
      case OVERSIZED, REFUSED ->
          throw new IllegalStateException(
              "Cannot push for "
                  + lease
                  + ": the driver answers "
                  + status
                  + " (the workers were built from another specification; the driver's log says"
                  + " more)");
      case MALFORMED, TRUNCATED, FAILED ->
          throw new ReplyLostException("The driver answers " + status, null);
      default -> {
        return answer;
      }
    }
  }
}
