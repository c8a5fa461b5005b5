package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.job.device.Threads;
import io.blockwise.job.exchange.ExchangePlugin;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSessionTest {
  @TempDir Path directory;

  @Test
  void executorsCountGpusAsNvidiaSmiAndTheDiscoveryScriptDo() {
    SparkConf conf =
        ClusterSession.configured(new SparkConf(false), SmallRuns.unprepared(directory));
    assertThat(conf.get("spark.executorEnv.CUDA_DEVICE_ORDER")).isEqualTo("PCI_BUS_ID");
  }

  @Test
  void executorsHaveTheEnvironmentThatWorkersNeed() {
    SparkConf conf =
        ClusterSession.configured(new SparkConf(false), SmallRuns.unprepared(directory));
    Threads.environment(1)
        .keySet()
        .forEach(name -> assertThat(conf.contains("spark.executorEnv." + name)).isTrue());
    assertThat(conf.get("spark.executorEnv.MALLOC_MMAP_MAX_")).isEqualTo("0");
  }

  @Test
  void whatTheUserHasSetStays() {
    SparkConf own =
        new SparkConf(false)
            .set("spark.executorEnv.CUDA_DEVICE_ORDER", "FASTEST_FIRST")
            .set("spark.executorEnv.MALLOC_MMAP_MAX_", "65536")
            .set("spark.task.cpus", "3")
            .set("spark.plugins", "org.example.Metrics");
    SparkConf conf = ClusterSession.configured(own, SmallRuns.unprepared(directory));
    assertThat(conf.get("spark.executorEnv.CUDA_DEVICE_ORDER")).isEqualTo("FASTEST_FIRST");
    assertThat(conf.get("spark.executorEnv.MALLOC_MMAP_MAX_")).isEqualTo("65536");
    assertThat(conf.get("spark.task.cpus")).isEqualTo("3");
    assertThat(conf.get("spark.plugins").split(",", -1))
        .containsExactlyInAnyOrder("org.example.Metrics", ExchangePlugin.class.getName());
  }
}
