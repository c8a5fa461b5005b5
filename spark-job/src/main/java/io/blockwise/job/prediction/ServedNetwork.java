package io.blockwise.job.prediction;

import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * A published network on a thread of its own, as a network belongs to one. Thread-safe: calls wait
 * for that thread in their order.
 */
public final class ServedNetwork implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "blockwise-predictor");
            made.setDaemon(true);
            return made;
          });

  private final DecoupledNetwork network;

  /**
   * Loads the engine and the model.
   *
   * @throws io.blockwise.base.UserException if the engine cannot be used
   * @throws RunFailedException if a weight is no number
   */
  ServedNetwork(ModelVersion version, EngineChoice engine) throws InterruptedException {
    PublishedModel.requireNumbers("answer with", version);
    EngineChoice chosen =
        EngineSelection.tried(engine, Optional.of(version.description().network())).choice();
    DecoupledNetwork made = null;
    try {
      made = call(() -> version.on(Engines.create(chosen)));
    } finally {
      if (made == null) {
        thread.shutdown();
      }
    }
    network = made;
  }

  /**
   * What a computation gives.
   *
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws IllegalStateException if this is closed
   */
  public <T> T compute(Function<DecoupledNetwork, T> computation) throws InterruptedException {
    return call(() -> computation.apply(network));
  }

  private <T> T call(Callable<T> work) throws InterruptedException {
    Future<T> result;
    try {
      result = thread.submit(work);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("Cannot answer: the predictor is closed", e);
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Computes what was asked before, and frees the network. */
  @Override
  public synchronized void close() {
    if (!thread.isShutdown()) {
      thread.execute(network::close);
      thread.shutdown();
    }
  }
}
