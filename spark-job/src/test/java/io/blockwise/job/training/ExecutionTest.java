package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs whose workers train their three blocks at the same time. */
@Timeout(120) // a deadlock shall fail, not hang
class ExecutionTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "torch, pipelined, al, 2",
    "torch, forward-serial, scpl, 2",
    "dl4j, pipelined, scpl, 2",
    "dl4j, forward-serial, pred, 2",
    "torch, pipelined, pred, 1",
  })
  void modelsAndFiguresAreThoseOfOneThread(
      String engine, String execution, String method, int workers) throws Exception {
    Path one = trained("sequential", engine, method, workers);
    Path apart = trained(execution, engine, method, workers);
    ModelVersion expected = SmallRuns.published(one);
    assertThat(SmallRuns.published(apart).blocks()).isEqualTo(expected.blocks());
    assertThat(figures(apart)).isEqualTo(figures(one)).isNotEmpty();
  }

  /** In lock-step, so that nothing depends on anybody's speed. */
  private Path trained(String execution, String engine, String method, int workers)
      throws Exception {
    Path own = Files.createDirectory(directory.resolve(execution));
    SmallRuns.train(
        SmallRuns.settings(
            own,
            "training.execution=" + execution,
            "threads=" + (execution.equals("pipelined") ? 3 : 1),
            "engine=" + engine,
            "method=" + method,
            "workers=" + workers,
            "averaging.rule=quorum",
            "averaging.period=3",
            "training.augmentation=weak"));
    return own;
  }

  private static List<Map<String, JsonNode>> figures(Path own) throws IOException {
    List<Map<String, JsonNode>> figures = new ArrayList<>();
    for (JsonNode event : SmallRuns.events(own)) {
      if (event.get("event").asText().equals("epoch")) {
        Map<String, JsonNode> epoch = new TreeMap<>();
        for (String name : List.of("loss", "validation_accuracy", "examples")) {
          epoch.put(name, event.get(name));
        }
        figures.add(epoch);
      }
    }
    return figures;
  }

  @ParameterizedTest
  @ValueSource(strings = {"forward-serial", "pipelined"})
  void aBlockThatIsNeverFiniteEndsTheRunAsOnOneThread(String execution) {
    Settings settings =
        SmallRuns.settings(
            directory,
            "training.execution=" + execution,
            "threads=" + (execution.equals("pipelined") ? 3 : 1),
            "method=pred",
            "training.optimiser=sgd",
            "training.learning-rate=1e30",
            "training.max-non-finite=2");
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot train block ")
        .hasMessageContaining("was not finite in 2 steps in a row");
  }

  @Test
  void aTraceSaysWhatEveryBlockDidAndWhen() throws Exception {
    SmallRuns.train(
        SmallRuns.settings(
            directory,
            "training.execution=pipelined",
            "threads=3",
            "workers=2",
            "report.trace=true"));
    JsonNode trace = SmallRuns.json(SmallRuns.run(directory).resolve("trace.json"));
    Map<String, Integer> trained = new TreeMap<>();
    for (JsonNode event : trace.get("traceEvents")) {
      if (event.get("name").asText().equals("train")) {
        assertThat(event.get("ph").asText()).isEqualTo("X");
        assertThat(event.get("dur").asDouble()).isPositive();
        trained.merge(event.get("pid") + "/" + event.get("tid"), 1, Integer::sum);
      }
    }
    assertThat(trained).containsOnlyKeys("1/1", "1/2", "1/3", "2/1", "2/2", "2/3");
    assertThat(trained.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3 * 44);
    assertThat(SmallRuns.run(directory).resolve("trace.svg"))
        .content()
        .contains("pipelined", "block 3", "train");
  }

  @Test
  void moreBlocksThanThreadsAreRefused() {
    Settings settings = SmallRuns.unprepared(directory, "training.execution=pipelined");
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with training.execution = pipelined: the network has 3 blocks, and a"
                + " worker 1 thread (set threads = 3, cut the network into fewer blocks, or set"
                + " training.execution = sequential)");
    assertThat(SmallRuns.output(directory).resolve("datasets")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "span=2, block 1 learns from the loss of block 2 as well",
    "exit.momentum=0.99, the exit of block 1 follows the parameters of the next one"
  })
  void blocksThatNeedTheNextOneAreRefusedBeforeTheDataIsPrepared(String key, String reason) {
    Settings settings =
        SmallRuns.unprepared(
            directory, "training.execution=forward-serial", "method=pred", "engine=torch", key);
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot train with training.execution = forward-serial: "
                + reason
                + " (set training.execution = sequential)");
    assertThat(SmallRuns.output(directory).resolve("datasets")).doesNotExist();
  }
}
