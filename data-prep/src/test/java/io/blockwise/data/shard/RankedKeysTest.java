package io.blockwise.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.LocalSpark;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.source.RawRow;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RankedKeysTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @Test
  void keysAtRanksAreThoseOfTheSortedKeys() {
    Random random = SEED.random();
    SparkSession session = LocalSpark.start(2);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      for (int groups : new int[] {1, 2, 3, 200}) {
        List<RowKey> keys = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
          RawRow.Id id = new RawRow.Id("file", 0, i);
          RawRow row = new RawRow(id, Split.TRAIN, 0, () -> new byte[0][]);
          // a group without keys, too
          keys.add(RowKey.of(7, row).in(groups > 2 ? 1 + random.nextInt(groups - 1) : 0));
        }
        JavaRDD<RowKey> spread = spark.parallelize(keys, 5);
        long[] ranks =
            LongStream.concat(LongStream.of(0, 0, 2999, 3000), random.longs(50, 0, 3000))
                .sorted()
                .toArray();
        keys.sort(null);
        Map<Long, RowKey> expected = new HashMap<>();
        LongStream.of(ranks)
            .filter(rank -> rank < 3000)
            .forEach(rank -> expected.put(rank, keys.get((int) rank)));
        assertThat(new RankedKeys(spread, groups).at(ranks)).isEqualTo(expected);
      }
    } finally {
      session.stop();
    }
  }
}
