package io.blockwise.data.shard;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.source.RawRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;

/** Decides where every row goes, from the rows' keys alone. Used by one thread. */
final class ShardPlanner {
  private final String kind;
  private final RawRows raw;
  private final ShardingOptions options;

  ShardPlanner(String kind, RawRows raw, ShardingOptions options) {
    this.kind = kind;
    this.raw = raw;
    this.options = options;
  }

  /**
   * Plans.
   *
   * @param keys of all rows, grouped by official split
   * @param first for the first work on them, in which all rows are read
   * @throws UserException if a split or a class of train is left without rows, or there are more
   *     shards than rows
   */
  ShardPlan plan(JavaRDD<RowKey> keys, ReportedJob first)
      throws ExecutionException, InterruptedException {
    keys.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Carving carving = new Carving(count(keys, first), options);
      long[][] rows = carving.rowsPerClass();
      if (options.everyClass()) {
        requireEveryClass(rows[Split.TRAIN.ordinal()]);
      }
      long[] firstRanks = firstRanks(rows);
      JavaRDD<RowKey> train = keys.filter(key -> key.group() == Split.TRAIN.ordinal());
      Carving.Rule rule =
          carving.rule(
              new RankedKeys(train.map(key -> key.in(key.label())), raw.classes().size())
                  .at(carving.ranks()));
      JavaRDD<RowKey> dealt = keys.map(rule::apply);
      Map<Long, RowKey> cuts = new RankedKeys(dealt, Split.values().length).at(firstRanks);
      Optional<Relabelling> relabelling = relabelling(dealt, rows[Split.TRAIN.ordinal()]);
      long changed = 0;
      if (relabelling.isPresent()) {
        Relabelling noise = relabelling.get();
        changed = dealt.filter(noise::changes).count();
        rows = count(dealt.map(noise::apply), first);
      }
      return new ShardPlan(rule, firstRanks, cuts, rows, relabelling, changed);
    } finally {
      keys.unpersist();
    }
  }

  /** Chooses as many rows of train as are to get another label. */
  private Optional<Relabelling> relabelling(JavaRDD<RowKey> dealt, long[] train) {
    long rows = LongStream.of(train).sum();
    long chosen = options.noise().rows(rows);
    if (chosen == 0) {
      return Optional.empty();
    }
    JavaRDD<RowKey> choices =
        dealt.filter(key -> key.group() == Split.TRAIN.ordinal()).map(Relabelling::choice);
    Optional<RowKey> end =
        chosen == rows
            ? Optional.empty()
            : Optional.of(
                new RankedKeys(choices, Split.values().length).at(new long[] {chosen}).get(chosen));
    return Optional.of(new Relabelling(options.noise().kind(), raw.classes().size(), chosen, end));
  }

  private long[][] count(JavaRDD<RowKey> keys, ReportedJob job)
      throws ExecutionException, InterruptedException {
    int classes = raw.classes().size();
    long[][] sums = new long[Split.values().length][classes];
    for (long[][] counts : job.collect(keys.mapPartitions(part -> counts(part, classes)))) {
      for (int split = 0; split < sums.length; split++) {
        for (int label = 0; label < classes; label++) {
          sums[split][label] += counts[split][label];
        }
      }
    }
    return sums;
  }

  private static Iterator<long[][]> counts(Iterator<RowKey> keys, int classes) {
    long[][] counts = new long[Split.values().length][classes];
    keys.forEachRemaining(key -> counts[key.group()][key.label()]++);
    return List.<long[][]>of(counts).iterator();
  }

  private void requireEveryClass(long[] train) {
    for (int label = 0; label < train.length; label++) {
      if (train[label] == 0) {
        throw UserException.cannot(
            "prepare " + kind,
            "class " + raw.classes().get(label) + " has no rows in train",
            "add some, or lower data.validation-fraction");
      }
    }
  }

  private long[] firstRanks(long[][] rowsPerClass) {
    List<Long> ranks = new ArrayList<>();
    long start = 0;
    for (Split split : Split.values()) {
      long rows = LongStream.of(rowsPerClass[split.ordinal()]).sum();
      int least = options.leastShards(split);
      requireFit(split, rows, least);
      int shards = Shard.count(rows, raw.schema().rowBytes(), least);
      for (int shard = 0; shard < shards; shard++) {
        // The first rows % shards shards have one row more than the others.
        ranks.add(start + shard * (rows / shards) + Math.min(shard, rows % shards));
      }
      start += rows;
    }
    return ranks.stream().mapToLong(Long::longValue).toArray();
  }

  private void requireFit(Split split, long rows, int shards) {
    String key = "data.shards." + split;
    if (rows == 0) {
      throw UserException.cannot(
          "prepare " + kind,
          "split " + split + " has no rows",
          split == Split.VALIDATION
              ? "add rows, or raise data.validation-fraction"
              : "add rows to it");
    }
    if (shards > rows) {
      throw UserException.invalid(
          key, shards, "must be at most " + rows + ", the rows of " + split);
    }
  }
}
