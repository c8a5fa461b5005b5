package io.blockwise.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.comparison.Comparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneProcessTest {
  @TempDir Path directory;

  @Test
  void runsWithOtherThreadsAreRefused() throws IOException {
    Comparison comparison =
        comparison("one { threads = 3 }, same { threads = 3 }, two { workers = 2 }");
    assertThatThrownBy(() -> OneProcess.threads(comparison, OneProcessTest::threads))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot compare run one with run two: a worker of one has 3 threads, of the other 4 (set"
                + " threads to one number for all runs)");
    assertThat(OneProcess.threads(comparison("a {}, b {}"), OneProcessTest::threads)).isEqualTo(8);
  }

  private static int threads(Settings settings) {
    return settings.threadsPerWorker(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "local[4]                  | 1 | 3 | 2",
        "local[4]                  | 2 | 2 | 1",
        "local[*]                  | 1 | 9 | 4",
        "local                     | 1 | 2 | 1",
        "local-cluster[3,2,1024]   | 1 | 4 | 3",
      })
  void moreRunsAtOnceThanPlacesAreRefused(String master, int threads, int parallel, int most)
      throws IOException {
    Comparison comparison = comparison("one {}, two { workers = 2 }");
    assertThatThrownBy(() -> OneProcess.requireRoom(comparison, parallel, master, threads, 8))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Invalid --parallel: %d (must be at most %d: %s has places for",
            parallel, most, master);
    assertThatCode(() -> OneProcess.requireRoom(comparison, most, master, threads, 8))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({"3, 2, 900", "4, 3, 1100", "2, 1, 500", "2, 1, 100"})
  void moreRunsAtOnceThanTheHeapHoldsTheRowsOfAreRefused(int parallel, int most, long heap) {
    // the largest are counted, whichever run when
    List<Long> rows = List.of(100L << 20, 300L << 20, 200L << 20, 300L << 20);
    assertThatThrownBy(() -> OneProcess.requireHeap(rows, parallel, heap << 20))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Invalid --parallel: %d \\(must be at most %d: so many runs at once hold up to \\d+ MiB of rows, each up to its data.memory, and the heap has %d MiB; lower data.memory, or raise --driver-memory\\)"
                .formatted(parallel, most, heap));
    assertThatCode(() -> OneProcess.requireHeap(rows, most, heap << 20)).doesNotThrowAnyException();
    assertThatCode(() -> OneProcess.requireHeap(rows, 9, 1200L << 20)).doesNotThrowAnyException();
  }

  @Test
  void clusterWhoseSizeIsNotKnownIsNotRefused() throws IOException {
    Comparison comparison = comparison("one {}, two {}");
    assertThatCode(() -> OneProcess.requireRoom(comparison, 9, "spark://host:7077", 1, 2))
        .doesNotThrowAnyException();
  }

  private Comparison comparison(String runs) throws IOException {
    Path conf = directory.resolve("x.conf");
    return Comparison.load(Files.writeString(conf, "compare.runs { " + runs + " }"), List.of());
  }
}
