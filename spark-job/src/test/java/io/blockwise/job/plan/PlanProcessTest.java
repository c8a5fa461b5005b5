package io.blockwise.job.plan;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as a process, and what it says beside what a run on executors takes. */
@Timeout(240)
@Tag("slow")
class PlanProcessTest {
  private static final String[] SETS = {
    "engine=", "workers=2", "vgg-small.width=32", "training.batch-size=64", "averaging.period=2"
  };

  @TempDir Path directory;

  @Test
  void planIsPrintedWithoutACluster() throws Exception {
    Map<String, String> properties = Map.of(Plan.MASTER, "yarn", "spark.executor.instances", "2");
    try (ClusterProcess process = start("local[1]", properties, "plan", "workers=2")) {
      assertThat(process.exitCode(120)).as(process.errors()).isZero();
      assertThat(process.output())
          .contains("slots", "--conf spark.executor.memoryOverhead=", "Not yet verified on a GPU");
      assertThat(directory.resolve("out")).doesNotExist();
    }
  }

  @Test
  void whatCannotRunIsExitCode2AndOneLine() throws Exception {
    Map<String, String> properties = Map.of(Plan.MASTER, "local-cluster[1,1,512]");
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

  /**
   * The oracle of what was planned is a training on executors that have the memory that the plan
   * asks for, all of it touched at once: what is resident beyond it is what lies outside the heap.
   */
  @ParameterizedTest
  @CsvSource({
    "torch, 2, 1", // a worker in each executor
    "torch, 1, 2", // both in one
    "dl4j, 1, 2",
  })
  void executorsTakeWhatWasPlanned(String engine, int executors, int cores) throws Exception {
    String[] sets = SETS.clone();
    sets[0] += engine;
    Settings settings = SmallRuns.settings(directory, sets);
    String unknown = localCluster(executors, cores, 512);
    Plan plan = new Plan(settings, new SparkProperties(Map.of(Plan.MASTER, unknown)::get));
    long heap = plan.process.heapSetting();
    String master = localCluster(executors, cores, (int) (heap / Memory.MEBI));
    Map<String, String> touched =
        Map.of("spark.executor.extraJavaOptions", "-XX:+AlwaysPreTouch -Xms" + heap);
    try (ClusterProcess process = start(master, touched, "train", sets)) {
      assertThat(process.exitCode(180)).as(process.errors()).isZero();
    }
    List<JsonNode> epochs =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .toList();
    JsonNode last = epochs.get(epochs.size() - 1);
    assertSteps(plan, epochs.get(0));
    assertTraffic(plan.exchange.orElseThrow(), epochs.size(), last);
    assertThat(last.get("executors")).isNotEmpty();
    for (JsonNode executor : last.get("executors")) {
      long outside = executor.get("peak_resident_bytes").asLong() - heap;
      assertThat(plan.process.outside()).isBetween((long) (0.8 * outside), (long) (1.25 * outside));
    }
  }

  private static void assertSteps(Plan plan, JsonNode epoch) {
    Schedule schedule = plan.schedule.orElseThrow();
    assertThat(epoch.get("steps").asLong()).isEqualTo(schedule.stepsOfEpoch());
    assertThat(epoch.get("rows_left_out").asLong()).isEqualTo(schedule.rowsLeftOut());
  }

  private static void assertTraffic(Exchange exchange, int epochs, JsonNode last) {
    JsonNode bytes = last.get("exchange_bytes_so_far");
    long pushes = last.get("pushes_so_far").get("received").asLong();
    assertClose(pushes, exchange.all().count() * epochs);
    assertClose(bytes.get("pushed").asLong(), exchange.epoch().pushed() * epochs);
    assertClose(bytes.get("pulled").asLong(), exchange.epoch().pulled() * epochs);
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
