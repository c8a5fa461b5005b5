package io.blockwise.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.base.files.Digests;
import io.blockwise.data.options.DataKind;
import io.blockwise.data.progress.Silent;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReproducibilityTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @TempDir Path folder;

  @Test
  void oneCoreAndTwoGiveTheSameBytes() throws IOException {
    // Several slices per file, so that two cores really work side by side.
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 8000, 500);
    Map<String, byte[]> one = prepare(1, raw, SEED.of(1));
    Map<String, byte[]> two = prepare(2, raw, SEED.of(1));
    assertThat(one).hasSize(7).containsKey("manifest.json");
    assertThat(two).containsOnlyKeys(one.keySet());
    one.forEach((name, bytes) -> assertThat(two.get(name)).as(name).isEqualTo(bytes));
  }

  /**
   * Recorded in another process, where constants have other hash codes. Another version of Parquet
   * or zstd may give other bytes.
   */
  @Test
  void everyProcessGivesTheSameShards() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 200, 50);
    MessageDigest shards = Digests.sha256();
    prepare(1, raw, 7)
        .forEach(
            (name, bytes) -> {
              if (name.endsWith(".parquet")) {
                shards.update(bytes);
              }
            });
    assertThat(Digests.hex(shards))
        .isEqualTo("9fc45d159b9b09c89c5bf540d540c1a0cb2010db89ef7698e3e19892c551b802");
  }

  @Test
  void anotherSeedGivesOtherShards() throws IOException {
    Path raw = RawFiles.cifar10(folder.resolve("raw"), 200, 50);
    assertThat(prepare(2, raw, SEED.of(1)).get("train/shard-00000.parquet"))
        .isNotEqualTo(prepare(2, raw, SEED.of(2)).get("train/shard-00000.parquet"));
  }

  @Test
  void oneCoreAndTwoGenerateTheSameShapes() throws IOException {
    Map<String, byte[]> one = prepareShapes(1);
    Map<String, byte[]> two = prepareShapes(2);
    one.forEach((name, bytes) -> assertThat(two.get(name)).as(name).isEqualTo(bytes));
  }

  private Map<String, byte[]> prepare(int cores, Path raw, long seed) throws IOException {
    Path directory = folder.resolve("data-" + cores + "-" + seed);
    return prepare(
        cores,
        Preparing.options(DataKind.CIFAR_10, raw, directory, seed, Preparing.SHARDS),
        directory);
  }

  private Map<String, byte[]> prepareShapes(int cores) throws IOException {
    Path directory = folder.resolve("shapes-" + cores);
    return prepare(cores, Preparing.options(DataKind.SHAPES, null, directory), directory);
  }

  private static Map<String, byte[]> prepare(int cores, PrepareOptions options, Path directory)
      throws IOException {
    SparkSession spark = LocalSpark.start(cores);
    try {
      Preparation.prepare(spark, options, Silent.INSTANCE);
    } finally {
      spark.stop();
    }
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
