package io.blockwise.job.cluster.executor;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.worker.Place;
import io.blockwise.model.engine.Device;
import io.blockwise.model.engine.DeviceLostException;
import java.io.Serializable;
import java.util.concurrent.Callable;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.slf4j.LoggerFactory;

/** What a task returns. One that throws is tried again; one that returns a refusal is not. */
public sealed interface Outcome<T> extends Serializable {
  /**
   * The result.
   *
   * @throws RuntimeException if it makes no sense to try again: the run has to end
   */
  T result();

  /**
   * Does a task's work.
   *
   * @throws InternalError if the process has lost its device, which must end it
   * @throws Exception if it may be tried again
   */
  static <T> Outcome<T> of(Callable<T> work) throws Exception {
    try {
      return new Done<>(work.call());
    } catch (UserException e) {
      return new Refused<>(message(e), true);
    } catch (RunFailedException e) {
      return new Refused<>(message(e), false);
    } catch (DeviceLostException e) {
      // Spark sends a fatal error to the driver and ends the executor: the work goes on in another
      throw (InternalError) new InternalError(e.getMessage()).initCause(e);
    } catch (RuntimeException e) {
      if (!TaskContext.get().isInterrupted()) {
        // the driver says it in a line and starts the work anew; what it was stands here only
        LoggerFactory.getLogger(Outcome.class).warn("A task has failed", e);
      }
      throw e;
    }
  }

  private static String message(Exception e) {
    return e.getMessage() + ", on " + Place.here(SparkEnv.get().executorId(), Device.CPU);
  }

  /** It was done. */
  record Done<T>(T result) implements Outcome<T> {}

  /**
   * It cannot be done.
   *
   * @param usersFault whether the user has to fix something first
   */
  record Refused<T>(String message, boolean usersFault) implements Outcome<T> {
    @Override
    public T result() {
      throw usersFault ? new UserException(message) : new RunFailedException(message);
    }
  }
}
