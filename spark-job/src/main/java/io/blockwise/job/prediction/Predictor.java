package io.blockwise.job.prediction;

import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.device.EngineSelection;
import io.blockwise.job.device.Engines;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.worker.Scoring;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;

/**
 * Answers raw texts with a published model, without Spark and without the data set it was trained
 * on. What a text is asked together with changes its scores by no more than the rounding of floats.
 *
 * <p>Thread-safe: one thread of its own computes, as a network belongs to one; calls wait for it in
 * their order.
 */
public final class Predictor implements AutoCloseable {
  /** Rows that are computed together; more take memory and hardly save time. */
  private static final int MOST_ROWS = 64;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "blockwise-predictor");
            made.setDaemon(true);
            return made;
          });

  private final List<String> classes;
  private final TextReader reader;
  private final DecoupledNetwork network;

  /**
   * Loads the engine and the model.
   *
   * @param version as {@link io.blockwise.model.artifact.ModelStore} reads it
   * @throws UserException if the model does not read texts, or the engine cannot be used
   * @throws RunFailedException if a weight is no number
   */
  public Predictor(ModelVersion version, EngineChoice engine) throws InterruptedException {
    PublishedModel.requireNumbers("answer with", version);
    classes = version.description().classes();
    reader = new TextReader(version);
    EngineChoice chosen =
        EngineSelection.tried(engine, Optional.of(version.description().network())).choice();
    DecoupledNetwork made = null;
    try {
      made = onThread(() -> version.on(Engines.create(chosen)));
    } finally {
      if (made == null) {
        thread.shutdown();
      }
    }
    network = made;
  }

  /** Blocks that can answer. */
  public int blocks() {
    return network.spec().blocks().size();
  }

  /**
   * The last block's answers.
   *
   * @param texts any number of them
   * @return one for each, in their order
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws IllegalStateException if this is closed
   */
  public List<Prediction> answer(List<String> texts) throws InterruptedException {
    return answer(texts, blocks());
  }

  /**
   * A block's answers; those behind it are not computed.
   *
   * @param block from 1
   * @return as above
   * @throws io.blockwise.base.InvalidValueException if there is no such block
   */
  public List<Prediction> answer(List<String> texts, int block) throws InterruptedException {
    requireWithin("block", block, 1, blocks());
    return onThread(() -> computed(texts, block));
  }

  /** Texts of about the same length are computed together, so that little is padding. */
  private List<Prediction> computed(List<String> texts, int block) {
    List<int[]> ids = texts.stream().map(reader::ids).toList();
    List<Integer> order =
        IntStream.range(0, ids.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> ids.get(i).length))
            .toList();
    Prediction[] predictions = new Prediction[ids.size()];
    for (int from = 0; from < order.size(); from += MOST_ROWS) {
      List<Integer> some = order.subList(from, Math.min(from + MOST_ROWS, order.size()));
      float[] scores =
          network.scores(reader.batch(some.stream().map(ids::get).toList()), block - 1);
      for (int row = 0; row < some.size(); row++) {
        predictions[some.get(row)] = prediction(scores, row, block);
      }
    }
    return Arrays.asList(predictions);
  }

  private Prediction prediction(float[] scores, int row, int block) {
    int start = row * classes.size();
    List<Float> own = new ArrayList<>(classes.size());
    for (int i = start; i < start + classes.size(); i++) {
      own.add(scores[i]);
    }
    return new Prediction(classes.get(Scoring.answer(scores, row, classes.size())), block, own);
  }

  private <T> T onThread(Callable<T> work) throws InterruptedException {
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

  /** Answers what was asked before, and frees the model. */
  @Override
  public synchronized void close() {
    if (!thread.isShutdown()) {
      thread.execute(network::close);
      thread.shutdown();
    }
  }
}
