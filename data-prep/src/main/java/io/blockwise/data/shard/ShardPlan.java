package io.blockwise.data.shard;

import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.dataset.SplitContent;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Where every row goes. Shards are numbered through all splits in their order. Immutable.
 *
 * <p>What travels with tasks is small: one key per class and shard.
 */
final class ShardPlan implements Serializable {
  private final Carving.Rule rule;
  private final RowKey[] firstKeys;
  private final long[] firstRanks;
  private final long[][] rowsPerClass;

  /** Null if all rows keep their labels: Optional does not travel. */
  private final Relabelling relabelling;

  private final long relabelled;

  /**
   * Built by {@link ShardPlanner}.
   *
   * @param firstRanks of the first row of every shard, in all rows ordered by (split, hash)
   * @param keys at these ranks
   * @param rowsPerClass by split and class, as they are labelled in the end
   * @param relabelling empty if all rows keep their labels
   * @param relabelled rows that get another label than their own
   */
  ShardPlan(
      Carving.Rule rule,
      long[] firstRanks,
      Map<Long, RowKey> keys,
      long[][] rowsPerClass,
      Optional<Relabelling> relabelling,
      long relabelled) {
    this.rule = rule;
    this.relabelling = relabelling.orElse(null);
    this.relabelled = relabelled;
    this.firstRanks = firstRanks;
    this.firstKeys = Arrays.stream(firstRanks).mapToObj(keys::get).toArray(RowKey[]::new);
    this.rowsPerClass = rowsPerClass;
  }

  /** Rows of train that get another label than their own. */
  long relabelled() {
    return relabelled;
  }

  /** Rows of train whose label is drawn anew, be it their own again. */
  long drawn() {
    return relabelling == null ? 0 : relabelling.rows();
  }

  /** Whether a shard says of its rows which of their labels were drawn. */
  boolean marksDrawn(int shard) {
    return relabelling != null && split(shard) == Split.TRAIN;
  }

  /** Shards of all splits. */
  int shards() {
    return firstKeys.length;
  }

  /** The split of a shard. */
  Split split(int shard) {
    return Split.values()[firstKeys[shard].group()];
  }

  /** Name of a shard's file in the data set. */
  String file(int shard) {
    return Shard.fileName(split(shard), numberInSplit(shard));
  }

  /** The key of a raw row, grouped by shard, with the label that it gets. */
  RowKey place(RowKey official) {
    RowKey key = rule.apply(official);
    int found = Arrays.binarySearch(firstKeys, key);
    RowKey labelled = relabelling == null ? key : relabelling.apply(key);
    return labelled.in(found >= 0 ? found : -found - 2);
  }

  /** What the manifest says of all shards, given in their order. */
  Map<Split, SplitContent> content(List<ShardWriter.Written> files) {
    Map<Split, List<Shard>> shards = new EnumMap<>(Split.class);
    for (int i = 0; i < files.size(); i++) {
      ShardWriter.Written file = files.get(i);
      long first = firstRanks[i] - firstRanks[i - numberInSplit(i)];
      shards
          .computeIfAbsent(split(i), any -> new ArrayList<>())
          .add(new Shard(file(i), first, file.rows, file.bytes, file.sha256));
    }
    Map<Split, SplitContent> content = new EnumMap<>(Split.class);
    shards.forEach(
        (split, ofIt) -> {
          long[] rows = rowsPerClass[split.ordinal()];
          List<Long> perClass = LongStream.of(rows).boxed().toList();
          content.put(split, new SplitContent(LongStream.of(rows).sum(), perClass, ofIt));
        });
    return content;
  }

  private int numberInSplit(int shard) {
    int number = 0;
    while (number < shard && split(shard - number - 1) == split(shard)) {
      number++;
    }
    return number;
  }
}
