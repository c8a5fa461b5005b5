package io.blockwise.job.plan;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process, and what it says beside what a run on executors takes. */
@Timeout(240)
class PlanProcessTest {
  private static final String MASTER = localCluster(2, 1, 512);
  private static final String[] SETS = {
    "workers=2", "vgg-small.width=24", "training.batch-size=32", "averaging.period=2"
  };

  @TempDir Path directory;

  @Test
  void planIsPrintedWithoutACluster() throws Exception {
    Map<String, String> properties =
        Map.of(Planning.MASTER, "yarn", "spark.executor.instances", "2");
    try (ClusterProcess process = start("local[1]", properties, "plan", "workers=2")) {
      assertThat(process.exitCode(120)).as(process.errors()).isZero();
      assertThat(process.output())
          .contains("slots", "--conf spark.executor.memoryOverhead=", "Not yet verified on a GPU");
      assertThat(directory.resolve("out")).doesNotExist();
    }
  }

  @Test
  void whatCannotRunIsExitCode2AndOneLine() throws Exception {
    Map<String, String> properties = Map.of(Planning.MASTER, "local-cluster[1,1,512]");
    try (ClusterProcess process =
        start("local[1]", properties, "plan", "workers=2", "averaging.rule=quorum")) {
      assertThat(process.exitCode(120)).isEqualTo(2);
      assertThat(process.output()).isEmpty();
      assertThat(Files.readAllLines(directory.resolve("errors.txt")))
          .filteredOn(line -> !line.startsWith("WARN"))
          .singleElement()
          .asString()
          .startsWith("Cannot train with 2 workers in lock-step: local-cluster[1,1,512] has");
    }
  }

  @Test
  void executorsTakeWhatWasPlanned() throws Exception {
    Settings settings = SmallRuns.settings(directory, SETS);
    Map<String, String> properties =
        Map.of(Planning.MASTER, MASTER, "spark.executor.memory", "512m");
    Plan plan = Planning.plan(settings, new SparkProperties(properties::get));
    try (ClusterProcess process = start(MASTER, Map.of(), "train", SETS)) {
      assertThat(process.exitCode(180)).as(process.errors()).isZero();
    }
    List<JsonNode> epochs =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .toList();
    JsonNode last = epochs.get(epochs.size() - 1);
    Schedule schedule = plan.schedule().orElseThrow();
    Exchange exchange = plan.exchange().orElseThrow();
    assertThat(epochs.get(0).get("steps").asLong()).isEqualTo(schedule.stepsOfEpoch());
    assertThat(epochs.get(0).get("rows_left_out").asLong()).isEqualTo(schedule.rowsLeftOut());
    assertClose(
        last.get("pushes_so_far").get("received").asLong(),
        exchange.pushesOfEpoch() * epochs.size());
    assertClose(
        last.get("exchange_bytes_so_far").get("pushed").asLong(),
        exchange.epoch().pushed() * epochs.size());
    assertClose(
        last.get("exchange_bytes_so_far").get("pulled").asLong(),
        exchange.epoch().pulled() * epochs.size());
    List<Long> resident = new ArrayList<>();
    last.get("executors").forEach(one -> resident.add(one.get("peak_resident_bytes").asLong()));
    assertThat(resident).isNotEmpty();
    for (long bytes : resident) {
      // no closer: how much garbage a collector lets lie depends on how busy the machine is
      assertThat((double) plan.process().resident()).isCloseTo(bytes, within(0.35 * bytes));
    }
  }

  private static void assertClose(long measured, long planned) {
    assertThat(planned).isCloseTo(measured, Percentage.withPercentage(20));
  }

  private ClusterProcess start(
      String master, Map<String, String> properties, String command, String... sets)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(SmallRuns.arguments(directory, sets));
    return ClusterProcess.start(directory, Blockwise.class, master, properties, arguments);
  }
}
