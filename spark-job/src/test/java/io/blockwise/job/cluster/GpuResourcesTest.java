package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.job.training.SmallRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spark's own scheduling of devices, with a script that finds one where there is none. */
@Timeout(180)
@Tag("slow")
class GpuResourcesTest {
  @TempDir Path directory;

  @Test
  void everyWorkerHasADeviceOfItsOwnAndIsToldWhyItCannotBeUsed() throws Exception {
    SmallRuns.copyDataset(directory);
    // four cores would do for four workers, but there are two devices
    try (ClusterProcess run = start("train", "workers=4", "lease.seconds=1")) {
      assertThat(run.exitCode(120)).as(run.errors()).isZero();
      assertThat(run.output().lines().filter(line -> line.contains("GPU 0 cannot be used")))
          .as("once for each executor")
          .hasSize(2)
          .allMatch(line -> line.endsWith("training on the CPU"));
    }
    for (JsonNode event : SmallRuns.events(directory)) {
      if (event.get("event").asText().equals("epoch")) {
        assertThat(event.get("most_workers").asInt()).isEqualTo(2);
        List<String> devices = new ArrayList<>();
        event.get("executors").forEach(each -> devices.add(each.get("device").asText()));
        assertThat(devices).containsOnly("cpu");
      }
    }
  }

  @Test
  void demandedDeviceThatCannotBeUsedIsExitCode2AndOneLine() throws Exception {
    SmallRuns.copyDataset(directory);
    try (ClusterProcess run = start("train", "workers=2", "device=gpu", "engine=dl4j")) {
      assertThat(run.exitCode(120)).isEqualTo(2);
      assertThat(run.errors())
          .contains("Cannot train: GPU 0 cannot be used: this build has ND4J for the CPU only");
    }
    assertThat(directory.resolve("out/models")).doesNotExist();
  }

  private ClusterProcess start(String command, String... sets) throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("find-gpus"),
            "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"0\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> properties = new TreeMap<>();
    // what local-cluster's workers have to know as well follows from it
    properties.put("spark.executor.resource.gpu.amount", "1");
    properties.put("spark.executor.resource.gpu.discoveryScript", script.toString());
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(SmallRuns.arguments(directory, sets));
    return ClusterProcess.start(
        directory, Blockwise.class, ClusterProcess.localCluster(2, 2, 1024), properties, arguments);
  }
}
