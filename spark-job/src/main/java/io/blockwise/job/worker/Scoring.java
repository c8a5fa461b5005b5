package io.blockwise.job.worker;

import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.List;
import java.util.function.BiConsumer;

/** Counts the answers of every block's exit. */
public final class Scoring {
  private Scoring() {}

  /** Answers over all batches. Called on the network's thread. */
  public static Answers answers(DecoupledNetwork network, int classes, BatchSource batches)
      throws InterruptedException {
    return answers(network, classes, batches, (scores, batch) -> {});
  }

  /**
   * The same.
   *
   * @param heard of every batch: scores of all blocks, and the batch
   */
  public static Answers answers(
      DecoupledNetwork network,
      int classes,
      BatchSource batches,
      BiConsumer<List<float[]>, Batch> heard)
      throws InterruptedException {
    Answers answers = new Answers(network.blocks().size(), classes);
    try (Feed feed = new Feed(batches, 1, network::upload)) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        List<float[]> scores = network.scores(batch);
        for (int k = 0; k < scores.size(); k++) {
          count(answers, k, scores.get(k), batch);
        }
        heard.accept(scores, batch);
        feed.release(batch);
      }
    }
    return answers;
  }

  private static void count(Answers answers, int block, float[] scores, Batch batch) {
    int classes = scores.length / batch.rows();
    for (int row = 0; row < batch.rows(); row++) {
      answers.add(block, batch.labels()[row], answer(scores, row, classes));
    }
  }

  /**
   * The class of the highest score of a row, of equal ones the first.
   *
   * @param scores row-major {@code [rows, classes]}
   */
  public static int answer(float[] scores, int row, int classes) {
    int start = row * classes;
    int best = start;
    for (int i = start + 1; i < start + classes; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best - start;
  }
}
