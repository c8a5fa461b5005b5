package io.blockwise.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Storage;
import io.blockwise.data.LocalSpark;
import io.blockwise.data.Preparing;
import io.blockwise.data.RawFiles;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.source.CifarLayout;
import io.blockwise.data.source.CifarSource;
import io.blockwise.data.source.RawImages;
import io.blockwise.data.source.Slice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardingTest {
  private static final ShardingOptions OPTIONS =
      new ShardingOptions(3, 0.1, 0.1, Map.of(Split.TRAIN, 2, Split.VALIDATION, 1, Split.TEST, 1));

  private final Storage storage = new Storage(new Configuration());

  @TempDir Path folder;

  @Test
  void orderInWhichRowsAreReadDoesNotShow() throws Exception {
    RawFiles.cifar10(folder, 6000, 20);
    RawImages raw = CifarSource.open(storage, Preparing.hadoop(folder), CifarLayout.CIFAR_10);
    List<Slice> backwards = new ArrayList<>(raw.slices());
    Collections.reverse(backwards);
    RawImages reversed =
        new RawImages(raw.shape(), raw.classes(), raw.flippable(), raw.parts(), backwards);
    SparkSession session = LocalSpark.start(2);
    try {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      assertThat(backwards).hasSize(6);
      assertThat(write(spark, reversed, "b")).isEqualTo(write(spark, raw, "a"));
    } finally {
      session.stop();
    }
    assertNoTemporaryFiles(folder.resolve("a"));
  }

  private List<Shard> write(JavaSparkContext spark, RawImages raw, String name) throws Exception {
    Sharding sharding = new Sharding(spark, storage, raw, OPTIONS);
    return sharding
        .write(sharding.plan("cifar-10"), Preparing.hadoop(folder.resolve(name)), Progress.silent())
        .stream()
        .map(ShardSummary::shard)
        .toList();
  }

  private static void assertNoTemporaryFiles(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .hasSize(4)
          .allMatch(name -> name.matches("shard-0000[01]\\.parquet"));
    }
  }
}
