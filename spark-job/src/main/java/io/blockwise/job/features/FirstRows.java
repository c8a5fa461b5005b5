package io.blockwise.job.features;

import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.evaluation.PublishedModel;
import io.blockwise.job.feed.BatchSource;
import io.blockwise.job.feed.Feed;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.ArrayList;
import java.util.List;

/**
 * The first rows of a split as a model reads them. Immutable.
 *
 * @param most rows at most
 */
record FirstRows(PublishedModel model, DatasetRows rows, Split split, int most, int batchSize) {
  /** Reads some of the rows. */
  interface Reader {
    /**
     * A batch.
     *
     * @param at number of its first row
     * @param count how many of its rows are among the first ones
     */
    void read(Batch batch, int at, int count);
  }

  /** The shards that hold them. */
  List<Shard> shards() {
    List<Shard> first = new ArrayList<>();
    int found = 0;
    for (Shard shard : model.dataset().manifest().split(split).shards()) {
      if (found < most) {
        first.add(shard);
        found += shard.rows();
      }
    }
    return first;
  }

  /** How many. */
  int count() {
    return Math.min(most, shards().stream().mapToInt(Shard::rows).sum());
  }

  /** Reads all of them in order, on the network's thread. */
  void each(DecoupledNetwork network, Reader reader) throws InterruptedException {
    int count = count();
    try (BatchSource batches = rows.inOrder(shards(), model.transform(), batchSize);
        Feed feed = new Feed(batches, 1, network::upload)) {
      for (int at = 0; at < count; ) {
        Batch batch = feed.take();
        int taken = Math.min(batch.rows(), count - at);
        reader.read(batch, at, taken);
        at += taken;
        feed.release(batch);
      }
    }
  }
}
