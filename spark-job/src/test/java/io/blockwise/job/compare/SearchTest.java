package io.blockwise.job.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole searches of trainings of about a second. */
@Timeout(240)
@Tag("thorough")
class SearchTest {
  private static final String HALVING =
      """
      method = pred
      training.epochs = 2
      compare.search {
        kind = halving, trainings = 4, eta = 2, least-epochs = 1
        space { training.learning-rate { log = [1e-6, 1e-2] } }
      }
      """;

  @TempDir Path directory;

  @Test
  void theBestOnValidationGoOnAndTheWinnerAloneIsMeasuredOnTest() throws Exception {
    String printed = search(HALVING);
    assertThat(printed)
        .contains("Searching among 3 candidates, 0 trainings are there already")
        .contains(
            "Trainings: 4.", "Best on validation: c0", "Its accuracy on test, block by block");
    List<List<String>> rows = csv();
    assertThat(rows.get(0))
        .startsWith("training", "candidate", "training.learning-rate", "epochs", "status");
    assertThat(rows).hasSize(5);
    List<List<String>> first = rows.subList(1, 4);
    double best =
        first.stream().mapToDouble(row -> Double.parseDouble(row.get(5))).max().getAsDouble();
    List<String> winner = rows.get(4);
    assertThat(winner.get(0)).endsWith("-e2");
    List<String> promoted =
        first.stream().filter(row -> row.get(1).equals(winner.get(1))).findFirst().orElseThrow();
    assertThat(Double.parseDouble(promoted.get(5))).isEqualTo(best);
    assertThat(winner.get(9)).isEqualTo("yes");

    for (List<String> row : rows.subList(1, 5)) {
      Path run = directory.resolve("out/runs").resolve(row.get(8));
      assertThat(Files.readString(run.resolve("events.jsonl")))
          .contains("\"test\":{\"accuracy\":[],\"confusion\":[]");
      assertThat(model("many-" + row.get(0) + "-seed1").metrics().test())
          .isEqualTo(Metrics.TestFigures.NONE);
    }
    ModelVersion published = model("many");
    assertThat(published.id()).isEqualTo(winner.get(8));
    assertThat(published.metrics().test().accuracy()).hasSize(3);
    assertThat(winner.get(10))
        .isEqualTo(String.valueOf(published.metrics().test().accuracy().get(2)));
    assertThat(Files.readString(comparisons().resolve("table.md")))
        .contains("| candidate | training.learning-rate | 1 epoch | 2 epochs |", "**");

    String again = search(HALVING);
    assertThat(again).contains("4 trainings are there already").doesNotContain("epoch 1/");
    assertThat(csv()).isEqualTo(rows);
  }

  /** Whoever reads test finds it altered. */
  @Test
  void candidatesLeaveTestAlone() throws Exception {
    String conf = HALVING.replace("halving", "random").replace("= 4", "= 2");
    Path conffile = configuration(conf);
    Path shapes = directory.resolve("out/datasets/shapes/test");
    try (Stream<Path> shards = Files.list(shapes)) {
      for (Path shard : shards.toList()) {
        Files.write(shard, new byte[(int) Files.size(shard)]);
      }
    }
    Comparison comparison = Comparison.load(conffile, List.of());
    assertThatThrownBy(() -> SmallRuns.printed(() -> Compare.run(comparison, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot read shard test/")
        .hasMessageContaining("does not match the manifest's");
    assertThat(csv()).hasSize(3).allSatisfy(row -> assertThat(row.get(4)).isIn("status", "done"));
  }

  @Test
  void whoFailsDoesNotGoOnAndMinutesEndASearch() throws Exception {
    String conf =
        """
        method = pred
        training { epochs = 1, optimiser = sgd }
        averaging.period = 1
        compare.search {
          kind = random, minutes = 1e-6
          space { training.learning-rate = [1e30, 1e-3, 1e-2, 2e-2] }
        }
        """;
    String printed = search(conf);
    List<List<String>> rows = csv();
    assertThat(rows.stream().filter(row -> row.get(4).equals("done"))).hasSize(1);
    assertThat(rows.size()).isLessThanOrEqualTo(3);
    assertThat(printed).contains("Best on validation: ");
  }

  private Path configuration(String conf) throws IOException {
    if (Files.exists(directory.resolve("out/datasets"))) {
      return directory.resolve("many.conf");
    }
    String text = SmallRuns.configuration(directory) + conf;
    return Files.writeString(directory.resolve("many.conf"), text);
  }

  private String search(String conf) throws Exception {
    Comparison comparison = Comparison.load(configuration(conf), List.of());
    return SmallRuns.printed(() -> Compare.run(comparison, 1));
  }

  private Path comparisons() {
    return directory.resolve("out/comparisons/many");
  }

  private List<List<String>> csv() throws IOException {
    return Files.readAllLines(comparisons().resolve("candidates.csv")).stream()
        .map(line -> Arrays.asList(line.split(",", -1)))
        .toList();
  }

  private ModelVersion model(String name) throws IOException {
    org.apache.hadoop.fs.Path models =
        new org.apache.hadoop.fs.Path(directory.resolve("out/models").resolve(name).toString());
    return new ModelStore(new Configuration(), models).readLatest();
  }
}
