package io.blockwise.job.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.cli.Master;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfferTest {
  @TempDir Path directory;

  @Test
  void localMasterHasThreadsOfOneProcess() {
    Offer offer = offer("local[6]", 3, Map.of());
    assertThat(offer.isLocal()).isTrue();
    assertThat(offer.slots()).isEmpty();
    assertThat(offer.workers(settings("workers=3"))).isEqualTo(3);
    assertThat(offer.workersPerProcess(3)).isEqualTo(3);
  }

  @Test
  void localClusterSaysAllInItsAddress() {
    Offer offer = offer("local-cluster[2, 5, 1024]", 2, Map.of());
    assertThat(offer.executors()).hasValue(2);
    assertThat(offer.slots()).hasValue(4);
    assertThat(offer.workersPerProcess(4)).isEqualTo(2);
    assertThat(offer.missing()).isEmpty();
  }

  @Test
  void containersAreCountedByTheirProperties() {
    Offer offer =
        offer("yarn", 4, Map.of("spark.executor.instances", "3", "spark.executor.cores", "4"));
    assertThat(offer.master().kind()).isEqualTo(Master.Kind.CONTAINERS);
    assertThat(offer.slots()).hasValue(3);
    assertThat(offer.missing()).isEmpty();
  }

  @Test
  void whatIsMissingIsSaid() {
    Offer offer = offer("k8s://https://host:443", 1, Map.of());
    assertThat(offer.slots()).hasValue(2);
    assertThat(offer.missing()).hasSize(2).first().asString().contains("spark.executor.cores");
    offer = offer("yarn", 1, Map.of("spark.dynamicAllocation.enabled", "true"));
    assertThat(offer.slots()).isEmpty();
    assertThat(offer.missing()).last().asString().contains("maxExecutors");
    offer = offer("spark://host:7077", 2, Map.of());
    assertThat(offer.executors()).isEqualTo(OptionalInt.empty());
    assertThat(offer.workers(settings("workers=4"))).isEqualTo(4);
  }

  @Test
  void standaloneClusterIsCutIntoExecutors() {
    Map<String, String> properties = Map.of("spark.cores.max", "8", "spark.executor.cores", "2");
    assertThat(offer("spark://host:7077", 2, properties).slots()).hasValue(4);
  }

  @Test
  void workersWithoutASlotAreLeftOutOrRefused() {
    Offer offer = offer("local-cluster[2,1,1024]", 1, Map.of());
    assertThat(offer.workers(settings("workers=4"))).isEqualTo(2);
    assertThatThrownBy(() -> offer.workers(settings("workers.count=4", "workers.min=3")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with workers.min = 3: local-cluster[2,1,1024] has places for 2 (give it"
                + " more executors or cores, or lower workers.min)");
    assertThatThrownBy(() -> offer.workers(settings("workers=4", "averaging.rule=quorum")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot train with 4 workers in lock-step: ");
  }

  @Test
  void workerThatFitsOnNoExecutorIsRefused() {
    assertThatThrownBy(() -> offer("yarn", 4, Map.of("spark.executor.cores", "2")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Cannot place a worker: it has 4 threads (spark.task.cpus), an executor of yarn has 2");
  }

  @Test
  void propertyThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> offer("yarn", 1, Map.of("spark.executor.instances", "some")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid spark.executor.instances: some (must be a whole number of at least 1)");
  }

  private static Offer offer(String master, int threads, Map<String, String> properties) {
    return Offer.of(Master.of(master, 16), new SparkProperties(properties::get), threads);
  }

  private Settings settings(String... sets) {
    return SmallRuns.unprepared(directory, sets);
  }
}
