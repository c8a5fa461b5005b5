package io.blockwise.job.worker;

import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.List;

/** Counts the correct answers of every block's exit. */
public final class Scoring {
  private Scoring() {}

  /** Correct answers over all batches, one count per block. Called on the network's thread. */
  public static long[] correct(DecoupledNetwork network, BatchSource batches)
      throws InterruptedException {
    long[] correct = new long[network.blocks().size()];
    try (Feed feed = new Feed(batches, 1)) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        List<float[]> scores = network.scores(batch);
        for (int k = 0; k < correct.length; k++) {
          correct[k] += correct(scores.get(k), batch);
        }
        feed.release(batch);
      }
    }
    return correct;
  }

  private static long correct(float[] scores, Batch batch) {
    int classes = scores.length / batch.rows();
    long correct = 0;
    for (int row = 0; row < batch.rows(); row++) {
      int start = row * classes;
      int best = start;
      for (int i = start + 1; i < start + classes; i++) {
        best = scores[i] > scores[best] ? i : best;
      }
      correct += best - start == batch.labels()[row] ? 1 : 0;
    }
    return correct;
  }
}
