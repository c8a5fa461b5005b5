package io.blockwise.job.exchange;

import io.blockwise.model.averaging.ReplyLostException;
import java.util.Optional;

/** One thing that is wanted from the driver, with as many messages as it takes. */
interface Request<T> {
  /**
   * Goes on as far as possible.
   *
   * @return the result; empty if the driver wants to be asked again a little later
   * @throws ReplyLostException if an answer is lost
   * @throws RunClosedException if the run has ended
   */
  Optional<T> advance() throws InterruptedException;
}
