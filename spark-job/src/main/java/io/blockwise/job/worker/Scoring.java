package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.exits.Tally;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.List;

/** Counts what the exits of blocks answer. */
public final class Scoring {
  private Scoring() {}

  /**
   * Counts the answers to rows. Called on the network's thread.
   *
   * @param blocks the first so many, which answer; those behind do not compute
   * @param batches all rows of the census's shards, in order
   */
  public static <T extends Tally<T>> T count(
      DecoupledNetwork network, int blocks, BatchSource batches, Census<T> census)
      throws InterruptedException {
    T tally = census.tally().none();
    Indices indices = new Indices(census.shards());
    try (Feed feed = new Feed(batches, 1, network::upload)) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        List<float[]> scores = network.firstScores(batch, blocks);
        int classes = scores.get(0).length / batch.rows();
        for (int row = 0; row < batch.rows(); row++) {
          if (census.rows().contains(indices.next())) {
            tally.add(scores, row, classes, batch.labels()[row]);
          }
        }
        feed.release(batch);
      }
    }
    return tally;
  }

  /** Indices in their split of the rows of shards, one after the other. */
  private static final class Indices {
    private final List<Shard> shards;
    private int shard;
    private int row;

    Indices(List<Shard> shards) {
      this.shards = shards;
    }

    long next() {
      if (row == shards.get(shard).rows()) {
        shard++;
        row = 0;
      }
      return shards.get(shard).firstRow() + row++;
    }
  }
}
