package io.blockwise.job.worker;

import io.blockwise.data.dataset.Shard;
import io.blockwise.model.exits.Tally;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is counted of the answers to which rows. Immutable; its tally, of no row, stays so.
 *
 * @param shards that have the rows
 * @param rows of the shards' split that count
 * @param tally of no row
 */
public record Census<T extends Tally<T>>(List<Shard> shards, RowRange rows, T tally)
    implements Serializable {
  public Census {
    shards = List.copyOf(rows.of(shards));
  }

  /** Of all rows of the shards. */
  public Census(List<Shard> shards, T tally) {
    this(shards, RowRange.ALL, tally);
  }

  /** One of several parts, which together are the whole: every {@code of}-th shard. */
  public Census<T> share(int part, int of) {
    return new Census<>(
        IntStream.range(0, shards.size())
            .filter(i -> i % of == part)
            .mapToObj(shards::get)
            .toList(),
        rows,
        tally);
  }
}
