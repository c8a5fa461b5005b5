package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LaunchEnvironmentTest {
  private static final OptionalInt NONE = OptionalInt.empty();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "local[*]                  | 1 | 16",
        "local[*]                  | 2 | 8",
        "local[6]                  | 2 | 3",
        "local[6,4]                | 2 | 3",
        "local                     | 2 | 1",
        "local[2]                  | 3 | 1",
        "local-cluster[2,3,2048]   | 2 | 3",
        "local-cluster[2,3,2048]   | 1 | 3",
        "local-cluster[2,4,2048]   | 4 | 2",
        "yarn                      | 4 | 5",
        "k8s://https://host:443    | 4 | 5",
      })
  void threadsAreAnEvenShareOfTheMastersCores(String master, int workers, int threads)
      throws IOException {
    Settings settings = settings("workers=" + workers);
    assertThat(LaunchEnvironment.threads(settings, master, NONE, OptionalInt.of(5), 16))
        .isEqualTo(threads);
  }

  @Test
  void moreThreadsThanAnExecutorHasCoresAreRefused() throws IOException {
    Settings settings = settings("threads=3");
    assertThatThrownBy(
            () -> LaunchEnvironment.threads(settings, "local-cluster[2,2,1024]", NONE, NONE, 16))
        .hasMessage(
            "Invalid threads: 3 (must be at most 2, the cores of an executor of"
                + " local-cluster[2,2,1024])");
  }

  @Test
  void clusterWithoutCoresPerExecutorGivesOneThread() throws IOException {
    assertThat(LaunchEnvironment.threads(settings("workers=2"), "yarn", NONE, NONE, 16))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"local[*]", "local[2]", "local", "local-cluster[1,99,1024]"})
  void threadsFarBeyondTheMachinesCoresAreRefused(String master) throws IOException {
    Settings settings = settings("threads=9");
    assertThatThrownBy(() -> LaunchEnvironment.threads(settings, master, NONE, NONE, 2))
        .isInstanceOf(UserException.class)
        .hasMessage("Invalid threads: 9 (must be at most 8, 4 times the cores of this machine)");
    assertThatThrownBy(
            () -> LaunchEnvironment.threads(settings("seed=1"), master, OptionalInt.of(9), NONE, 2))
        .hasMessage(
            "Invalid spark.task.cpus: 9 (must be at most 8, 4 times the cores of this machine)");
  }

  @Test
  void someMoreThreadsThanCoresAreNot() throws IOException {
    assertThat(LaunchEnvironment.threads(settings("threads=8"), "local[*]", NONE, NONE, 2))
        .isEqualTo(8);
    assertThat(LaunchEnvironment.threads(settings("threads=64"), "yarn", NONE, NONE, 2))
        .isEqualTo(64);
    assertThat(LaunchEnvironment.threads(settings("seed=1"), "local[900]", NONE, NONE, 2))
        .isEqualTo(8);
  }

  @Test
  void configuredThreadsReplaceTheShare() throws IOException {
    assertThat(LaunchEnvironment.threads(settings("threads=3"), "local[*]", NONE, NONE, 16))
        .isEqualTo(3);
  }

  @Test
  void taskCpusReplaceTheShare() throws IOException {
    assertThat(
            LaunchEnvironment.threads(settings("seed=1"), "local[*]", OptionalInt.of(4), NONE, 16))
        .isEqualTo(4);
  }

  @Test
  void taskCpusThatContradictTheConfigurationAreRefused() throws IOException {
    Settings settings = settings("threads=2");
    assertThatThrownBy(
            () -> LaunchEnvironment.threads(settings, "local[*]", OptionalInt.of(3), NONE, 16))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Cannot use spark.task.cpus = 3: the configuration says threads = 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lokal",
        "local[0]",
        "local[two]",
        "local[99999999999]",
        "local-cluster[9999999999,1,512]",
        "yarn-client",
        "spark://"
      })
  void unknownMasterIsRefused(String master) throws IOException {
    Settings settings = settings("workers=2");
    assertThatThrownBy(() -> LaunchEnvironment.threads(settings, master, NONE, NONE, 16))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Invalid --master: %s (must be local[*], local[N], spark://HOST:PORT, k8s://URL or yarn)",
            master);
  }

  private Settings settings(String set) throws IOException {
    return Settings.load(Files.writeString(directory.resolve("x.conf"), ""), List.of(set));
  }
}
