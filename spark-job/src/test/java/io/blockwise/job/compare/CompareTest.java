package io.blockwise.job.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.comparison.Comparison;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.ModelStore;
import io.blockwise.model.artifact.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole comparisons of runs of about a second. */
@Timeout(240)
@Tag("thorough")
class CompareTest {
  private static final String FOUR =
      """
      compare {
        seeds = [1, 2]
        runs {
          bp { method = bp }
          pred { method = pred }
        }
      }
      """;

  private static final String WITH_A_FAILURE =
      """
      training.epochs = 1
      compare.runs {
        bad { method = pred, averaging.period = 1, training { learning-rate = 1e30, optimiser = sgd } }
        good { method = pred }
      }
      """;

  @TempDir Path directory;

  @Test
  void twoMethodsWithTwoSeedsGiveTablesAndPictures() throws Exception {
    String printed = compare(FOUR);
    assertThat(printed)
        .contains("Comparing 4 runs of 2 configurations, 0 of them are there already")
        .contains("bp seed 1 (1/4)  epoch 1/2", "pred seed 2 (4/4)  epoch 2/2", " left of all")
        .contains("Wrote " + comparisons());

    List<List<String>> runs = csv("runs.csv");
    assertThat(runs)
        .extracting(row -> row.get(0) + row.get(1) + row.get(2))
        .containsExactly("runseedstatus", "bp1done", "bp2done", "pred1done", "pred2done");
    ModelVersion bp = published("bp", 2);
    assertThat(cell(runs, 2, "run_id")).isEqualTo(bp.id());
    assertThat(cell(runs, 2, "test_block_1"))
        .isEqualTo(String.valueOf(bp.metrics().test().accuracy().get(0)));
    assertThat(cell(runs, 2, "test_block_3")).isEmpty();

    List<List<String>> table = csv("table.csv");
    assertThat(table).hasSize(3);
    double first = published("pred", 1).metrics().test().accuracy().get(2);
    double second = published("pred", 2).metrics().test().accuracy().get(2);
    assertThat(cell(table, 2, "test_last_block")).isEqualTo(String.valueOf((first + second) / 2));
    assertThat(Double.parseDouble(cell(table, 2, "test_last_block_sd")))
        .isEqualTo(Math.abs(first - second) / Math.sqrt(2), within(1e-12));
    assertThat(cell(table, 1, "head_parameters")).isEqualTo("0");
    assertThat(Double.parseDouble(cell(table, 1, "step_seconds"))).isPositive();
    // one worker, 22 steps in an epoch, a push every 8 and what is left: three of the one block
    assertThat(Double.parseDouble(cell(table, 1, "exchanged_bytes"))).isPositive();

    assertThat(markdown())
        .contains("## many", "    bin/blockwise compare ", "torch 2.10.0", "* Budget: 2 epochs of")
        .contains("| run | method | seeds | block 1 | block 2 | last block | examples/s |")
        .contains("| bp | bp | 2 |  |  | ", " ± ", "* Runs: 4 of 4 are done.");
    for (String picture : Pictures.NAMES.keySet()) {
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(comparisons().resolve(picture).toFile());
      assertThat(markdown()).contains("](" + picture + ")");
    }
    assertThat(comparisons().toFile().list())
        .containsExactlyInAnyOrder(
            "table.md",
            "table.csv",
            "runs.csv",
            "accuracy.svg",
            "learning-epochs.svg",
            "learning-time.svg",
            "cost.svg");
  }

  @Test
  void onlyWhatIsMissingOrAlteredOrConfiguredAnewIsRunAgain() throws Exception {
    compare(FOUR, "training.epochs=1");
    List<String> before = runIds();
    assertThat(compare(FOUR, "training.epochs=1")).contains("4 of them are there already");
    assertThat(runIds()).isEqualTo(before);

    delete(directory.resolve("out/runs").resolve(before.get(0)));
    Path weights = versions("bp", 2).resolve(before.get(1)).resolve("block-01.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    delete(directory.resolve("out/models/many-pred-seed1"));
    assertThat(compare(FOUR, "training.epochs=1")).contains("1 of them are there already");
    List<String> after = runIds();
    assertThat(after.get(3)).isEqualTo(before.get(3));
    assertThat(after.subList(0, 3)).doesNotContainAnyElementsOf(before);

    String changed = FOUR.replace("method = pred }", "method = pred, training.batch-size = 32 }");
    assertThat(compare(changed, "training.epochs=1")).contains("2 of them are there already");
    assertThat(runIds().subList(0, 2)).isEqualTo(after.subList(0, 2));
  }

  @Test
  void runWhoseNetworkIsCutByItsCostIsFoundAgain() throws Exception {
    String two = "training.epochs = 1, compare.runs { two { method = pred, blocks = 2 } }";
    compare(two);
    assertThat(csv("runs.csv").get(0)).contains("test_block_2").doesNotContain("test_block_3");
    assertThat(compare(two)).contains("Comparing 1 runs of 1 configurations, 1 of them are there");
  }

  @Test
  void placesProgressAndPatienceMakeNoOtherRun() throws Exception {
    String one = "training.epochs = 1, compare.runs { bp { method = bp } }";
    compare(one);
    List<String> before = runIds();
    Files.move(directory.resolve("out"), directory.resolve("moved"));
    String[] others = {
      "output=" + directory.resolve("moved"),
      "data.path=/raw",
      "data.memory=1g",
      "report.interval=1s",
      "averaging.patience=1m",
      "features.rows=9"
    };
    assertThat(compare(one, others)).contains("Comparing 1 runs of 1 configurations, 1 of them");
    assertThat(directory.resolve("moved/comparisons/many/runs.csv"))
        .content()
        .contains(before.get(0));
    assertThat(compare(one, others[0], "data.memory=900k"))
        .as("rows come in another order where they do not fit into memory")
        .contains("0 of them are there already");
  }

  @Test
  void aRunThatFailsDoesNotKeepTheOthersFromBeingMade() throws Exception {
    assertThatThrownBy(() -> compare(WITH_A_FAILURE))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Run bad seed 1 failed: Cannot train block ")
        .hasMessageEndingWith(
            "Cannot compare all runs: 1 of 2 failed (the same command makes those again)");
    List<List<String>> runs = csv("runs.csv");
    assertThat(runs.get(1).get(2)).startsWith("\"failed: Cannot train block ");
    assertThat(runs.get(2).get(2)).isEqualTo("done");
    assertThat(markdown())
        .contains("* Runs: 1 of 2 are done, 1 failed.", "| bad | pred | 0 of 1 |");
    assertThatThrownBy(() -> compare(WITH_A_FAILURE)).isInstanceOf(RunFailedException.class);
    assertThat(runIds()).as("the good one was not made again").hasSize(1);
    assertThat(directory.resolve("out/runs").toFile().list()).hasSize(3);
  }

  @Test
  void sectionOfAMarkdownFileIsWrittenAnewAndTheRestStays() throws Exception {
    Path file = directory.resolve("results.md");
    String one = "training.epochs = 1, compare.runs { bp { method = bp } }";
    assertThatThrownBy(() -> compare(one, "compare.into=" + file))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use compare.into = %s: there is no such file that can be written (give a"
                + " Markdown file, which may be empty)",
            file);
    Files.writeString(file, "# Results\n\nbefore\n");
    compare(one, "compare.into=" + file);
    Files.writeString(file, Files.readString(file) + "\nbehind\n");
    compare(one.replace("bp {", "other {"), "compare.into=" + file);
    String text = Files.readString(file);
    assertThat(text)
        .startsWith("# Results\n\nbefore\n\n<!-- compare many: ")
        .endsWith("<!-- end of compare many -->\n\nbehind\n")
        .contains("\n## many\n", "| other | bp | 1 |", "](many/accuracy.svg)")
        .containsOnlyOnce("end of compare")
        .doesNotContain("| bp | bp |");
    assertThat(directory.resolve("many/cost.svg")).isNotEmptyFile();
  }

  @Test
  void runThatDoesNotFitTheDataIsRefusedBeforeTheFirstStarts() throws Exception {
    String conf = FOUR.replace("method = pred }", "method = pred, training.batch-size = 361 }");
    assertThatThrownBy(() -> compare(conf))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Cannot compare run pred: Cannot train with training.batch-size = 361: ");
    assertThat(directory.resolve("out/runs")).doesNotExist();
  }

  @Test
  void moreRunsAtOnceThanThereAreCoresAreRefused() throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    Comparison comparison = comparison(FOUR);
    assertThatThrownBy(() -> Compare.run(comparison, cores + 1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "Invalid --parallel: %d (must be at most %d: local[*] has places for",
            cores + 1, cores);
  }

  @Test
  void runsAtOnceReachWhatTheyReachOneAfterTheOther() throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
    compare(FOUR, "training.epochs=1");
    List<ModelVersion> alone = models();
    delete(directory.resolve("out/models"));
    Comparison comparison = comparison(FOUR, "training.epochs=1");
    SmallRuns.printed(() -> Compare.run(comparison, 2));
    List<ModelVersion> together = models();
    for (int i = 0; i < 4; i++) {
      assertThat(together.get(i).metrics().test()).isEqualTo(alone.get(i).metrics().test());
      assertThat(together.get(i).metrics().cost().peakMemoryBytes()).isZero();
      assertThat(alone.get(i).metrics().cost().peakMemoryBytes()).isPositive();
    }
    assertThat(cell(csv("table.csv"), 1, "peak_memory_bytes")).isEmpty();
  }

  @Test
  void memoryOfARunIsNotThatOfALargerOneBefore() throws Exception {
    compare(
        """
        training.epochs = 1
        compare.runs {
          large { method = bp, vgg-small.width = 32, training.batch-size = 360 }
          small { method = bp }
        }
        """);
    List<List<String>> runs = csv("runs.csv");
    double large = Double.parseDouble(cell(runs, 1, "peak_memory_bytes"));
    double small = Double.parseDouble(cell(runs, 2, "peak_memory_bytes"));
    // activations of three stages in single precision, of which several are kept for the way back
    assertThat(large - small).isGreaterThan(360L * 32 * 32 * 32 * 4 * 2);
  }

  private List<ModelVersion> models() throws IOException {
    List<ModelVersion> models = new ArrayList<>();
    for (String run : List.of("bp", "pred")) {
      models.add(published(run, 1));
      models.add(published(run, 2));
    }
    return models;
  }

  private String compare(String conf, String... sets) throws Exception {
    Comparison comparison = comparison(conf, sets);
    return SmallRuns.printed(() -> Compare.run(comparison, 1));
  }

  private Comparison comparison(String conf, String... sets) throws IOException {
    if (!Files.exists(directory.resolve("many.conf"))) {
      Files.writeString(directory.resolve("small.conf"), SmallRuns.configuration(directory));
    }
    Path file = directory.resolve("many.conf");
    Files.writeString(file, "include \"small.conf\"\n" + conf);
    return Comparison.load(file, List.of(sets));
  }

  private Path comparisons() {
    return directory.resolve("out/comparisons/many");
  }

  private String markdown() throws IOException {
    return Files.readString(comparisons().resolve("table.md"));
  }

  /** Of figures and plain names, without quotes. */
  private List<List<String>> csv(String name) throws IOException {
    return Files.readAllLines(comparisons().resolve(name)).stream()
        .map(line -> Arrays.asList(line.split(",", -1)))
        .toList();
  }

  private static String cell(List<List<String>> table, int row, String column) {
    return table.get(row).get(table.get(0).indexOf(column));
  }

  /** Of the runs that are done, in the order of the comparison. */
  private List<String> runIds() throws IOException {
    List<List<String>> runs = csv("runs.csv");
    return runs.stream()
        .skip(1)
        .filter(row -> row.get(2).equals("done"))
        .map(row -> row.get(runs.get(0).indexOf("run_id")))
        .toList();
  }

  private Path versions(String run, int seed) {
    return directory.resolve("out/models/many-" + run + "-seed" + seed + "/versions");
  }

  private ModelVersion published(String run, int seed) throws IOException {
    String models = versions(run, seed).getParent().toString();
    return new ModelStore(new Configuration(), new org.apache.hadoop.fs.Path(models)).readLatest();
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
