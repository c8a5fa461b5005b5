package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String NAME = "20260131T120000Z-seed1";
  private static final int RUNS = 8;

  private final Configuration hadoop = new Configuration();

  @TempDir Path directory;

  @Test
  void runsThatStartAtOnceGetDirectoriesOfTheirOwn() throws Exception {
    Settings settings = SmallRuns.unprepared(directory, "run-id=");
    CyclicBarrier start = new CyclicBarrier(RUNS);
    ExecutorService threads = Executors.newFixedThreadPool(RUNS);
    try {
      List<Future<String>> begun = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        begun.add(
            threads.submit(
                () -> {
                  start.await();
                  return RunDirectory.begin(hadoop, settings, START).runId();
                }));
      }
      List<String> names = new ArrayList<>();
      for (Future<String> each : begun) {
        names.add(each.get());
      }
      List<String> expected = new ArrayList<>(List.of(NAME));
      IntStream.rangeClosed(2, RUNS).forEach(number -> expected.add(NAME + "-" + number));
      assertThat(names).containsExactlyInAnyOrderElementsOf(expected);
    } finally {
      threads.shutdownNow();
    }
    assertThat(runs().resolve(NAME + "-3/run.json"))
        .content()
        .contains("\"state\" : \"preparing\"");
  }

  @Test
  void placeOfAnotherRunIsPassedOverBeforeAnythingIsMade() throws IOException {
    Settings settings = SmallRuns.unprepared(directory, "run-id=");
    Files.createDirectories(runs().resolve(NAME));
    Files.createDirectories(SmallRuns.versions(directory).resolve(NAME + "-2"));
    RunDirectory free = RunDirectory.of(hadoop, settings, START);
    free.requireWritable("small");
    assertThat(free.runId()).isEqualTo(NAME + "-3");
    assertThat(runs().toFile().list()).containsExactly(NAME);
  }

  @Test
  void runOfTheSameGivenNameGoesOn() throws IOException {
    Settings settings = SmallRuns.unprepared(directory);
    assertThat(RunDirectory.begin(hadoop, settings, START).isBegun()).isFalse();
    assertThat(RunDirectory.begin(hadoop, settings, START).isBegun()).isTrue();
  }

  @Test
  void whatIsNoRunIsRefusedInThePlaceOfOne() throws IOException {
    Files.createDirectories(runs().resolve("run"));
    RunDirectory taken = RunDirectory.of(hadoop, SmallRuns.unprepared(directory), START);
    assertThatThrownBy(() -> taken.requireWritable("small"))
        .isInstanceOf(UserException.class)
        .hasMessage("Cannot start run run: %s exists (choose another run-id)", taken);
  }

  private Path runs() {
    return SmallRuns.output(directory).resolve("runs");
  }
}
