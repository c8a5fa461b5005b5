package io.blockwise.job.config.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.Repository;
import io.blockwise.job.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonTest {
  private static final String TWO =
      """
      training { epochs = 3, learning-rate = 0.5 }
      compare {
        seeds = [1, 2]
        runs {
          scpl { method = scpl, seeds = [7] }
          bp { method = bp, training.learning-rate = 0.25, workers = 2, workers.min = 2 }
        }
      }
      """;

  @TempDir Path directory;

  static List<Path> everyShippedComparisonParses() {
    return Repository.shippedComparisons();
  }

  @ParameterizedTest
  @MethodSource
  void everyShippedComparisonParses(Path conf) throws IOException {
    Comparison comparison =
        new ComparisonReader(Map.of("BLOCKWISE_DATA", "/raw")).read(conf, List.of());
    assertThat(comparison.name() + ".conf").isEqualTo(conf.getFileName().toString());
    assertThat(comparison.runs()).hasSizeGreaterThan(1);
    assertThat(Files.readAllLines(conf)).hasSizeLessThanOrEqualTo(48);
  }

  @Test
  void everyRunHasItsSectionOverTheRestOfTheFile() throws IOException {
    Comparison comparison = read(TWO);
    assertThat(comparison.name()).isEqualTo("many");
    assertThat(comparison.runs())
        .extracting(Comparison.Run::toString)
        .containsExactly("scpl seed 7", "bp seed 1", "bp seed 2");
    Settings scpl = comparison.runs().get(0).settings();
    Settings bp = comparison.runs().get(2).settings();
    assertThat(Names.of(scpl.network().method())).isEqualTo("scpl");
    assertThat(scpl.training().optimisation().learningRate()).isEqualTo(0.5);
    assertThat(scpl.workers().count()).isEqualTo(1);
    assertThat(bp.training().optimisation().learningRate()).isEqualTo(0.25);
    assertThat(bp.training().epochs()).isEqualTo(3);
    assertThat(bp.workers().count()).isEqualTo(2);
    assertThat(bp.workers().min()).isEqualTo(2);
    assertThat(bp.seed()).isEqualTo(2);
    assertThat(bp.model().name()).isEqualTo("many-bp-seed2");
  }

  @Test
  void anotherRunOrSeedLeavesTheStoredConfigurationOfTheOthersAsItWas() throws IOException {
    String before = read(TWO).runs().get(1).settings().rendered();
    String more =
        TWO.replace("[1, 2]", "[3, 1, 2]").replace("scpl {", "pred { method = pred }, s {");
    List<Comparison.Run> after = read(more).runs();
    assertThat(after).extracting(run -> run.settings().rendered()).contains(before);
    assertThat(before).doesNotContain("compare");
  }

  @Test
  void overridesAreOverAllRunsOrInOneOfThem() throws IOException {
    List<Comparison.Run> runs =
        read(
                TWO,
                "training.learning-rate=0.125",
                "compare.runs.bp.training.epochs=9",
                "compare.runs.scpl.workers=3",
                "compare.seeds=[5]",
                "model.name=other")
            .runs();
    assertThat(runs)
        .extracting(Comparison.Run::toString)
        .containsExactly("scpl seed 7", "bp seed 5");
    assertThat(runs)
        .extracting(run -> run.settings().training().optimisation().learningRate())
        .containsExactly(0.125, 0.125);
    assertThat(runs).extracting(run -> run.settings().training().epochs()).containsExactly(3, 9);
    assertThat(runs).extracting(run -> run.settings().workers().count()).containsExactly(3, 2);
    assertThat(runs.get(1).settings().model().name()).isEqualTo("other-bp-seed5");
  }

  @Test
  void includedComparisonCanBeAddedTo() throws IOException {
    Files.writeString(directory.resolve("base.conf"), TWO);
    List<Comparison.Run> runs =
        read("include \"base.conf\"\ncompare.runs.bp { seeds = [4] }\ncompare.runs.x { seed-s = 1 }"
                .replace("seed-s = 1", "method = pred"))
            .runs();
    assertThat(runs)
        .extracting(Comparison.Run::toString)
        .containsExactlyInAnyOrder("scpl seed 7", "bp seed 4", "x seed 1", "x seed 2");
  }

  @Test
  void withoutSeedsEveryRunHasThatOfTheConfiguration() throws IOException {
    assertThat(read("seed = 6, compare.runs { a {}, b { method = bp } }").runs())
        .extracting(Comparison.Run::toString)
        .containsExactly("a seed 6", "b seed 6");
  }

  @Test
  void runsMayReferToOtherKeysAndToTheEnvironment() throws IOException {
    Comparison comparison =
        read(
            "training.epochs = 4, compare.runs { a { training.batch-size = ${training.epochs}\n"
                + " data.path = ${RAW}/x } }");
    Settings settings = comparison.runs().get(0).settings();
    assertThat(settings.training().batchSize()).isEqualTo(4);
    assertThat(settings.data().path()).contains("/raw/x");
  }

  @Test
  void substitutionsSeeWhatTheRunSays() throws IOException {
    List<Comparison.Run> runs =
        read("""
            training.epochs = ${training.batch-size}
            data.seed = ${seed}
            compare {
              seeds = [1, 2]
              runs {
                a { training.batch-size = 7, data.name = runs-of-${model.name}-${seed} }
                b { training.batch-size = 9, averaging.period = ${training.epochs} }
              }
            }
            """)
            .runs();
    assertThat(runs)
        .extracting(run -> run.settings().data().seed())
        .containsExactly(1L, 2L, 1L, 2L);
    assertThat(runs)
        .extracting(run -> run.settings().training().epochs())
        .containsExactly(7, 7, 9, 9);
    assertThat(runs.get(1).settings().data().directory()).isEqualTo("runs-of-many-a-seed2-2");
    assertThat(runs.get(2).settings().averaging().options().period()).isEqualTo(9);
  }

  @Test
  void overridesAreOverWhatSubstitutionsSee() throws IOException {
    String conf =
        "training.epochs = ${training.batch-size}\ncompare.runs { a { training.batch-size = 7 } }";
    assertThat(read(conf, "training.batch-size=5").runs().get(0).settings().training().epochs())
        .isEqualTo(5);
    assertThat(
            read(conf, "compare.runs.a.training.batch-size=4")
                .runs()
                .get(0)
                .settings()
                .training()
                .epochs())
        .isEqualTo(4);
  }

  @Test
  void aRunMayBeginAsAnother() throws IOException {
    List<Comparison.Run> runs =
        read("""
            seed = 3
            compare.runs {
              a { training.batch-size = 7, data.seed = ${seed} }
              b = ${compare.runs.a} { training.epochs = 2, seeds = [4] }
            }
            """)
            .runs();
    assertThat(runs).extracting(Comparison.Run::toString).containsExactly("a seed 3", "b seed 4");
    assertThat(runs.get(1).settings().training().batchSize()).isEqualTo(7);
    assertThat(runs.get(1).settings().training().epochs()).isEqualTo(2);
    assertThat(runs.get(1).settings().data().seed()).isEqualTo(4);
  }

  @Test
  void keysThatReferToEachOtherInARunAreRefused() {
    assertThatThrownBy(
            () ->
                read(
                    "training.epochs = ${training.batch-size}\n"
                        + "compare.runs { a { training.batch-size = ${training.epochs} } }"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("Cannot compare run a: Cannot read ")
        .hasMessageContaining("refer to each other");
  }

  @Test
  void commandCanBeRepeated() throws IOException {
    assertThat(read(TWO, "training={epochs = 2}", "threads=1").command())
        .isEqualTo(
            "bin/blockwise compare "
                + directory.resolve("many.conf")
                + " --set 'training={epochs = 2}' --set threads=1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compare.runs { a {}\\n b { training.bacth-size = 3 } } | Cannot compare run b: Unknown key training.bacth-size in FILE:2 (did you mean training.batch-size?)",
        "compare.runs { a {}\\n b {\\n training.epochs = 0 } } | Cannot compare run b: Invalid training.epochs: 0 in FILE:3 (must be at least 1)",
        "compare.runs { a { method = magic } } | Cannot compare run a: Invalid method: magic in FILE:1 (must be",
        "compare.runs { a { training.baseline = dl4j-spark, method = bp } } | Cannot compare run a: Invalid training.baseline: DL4J_SPARK",
        "seed = 1 | Cannot compare: there are no runs (add a section such as compare {",
        "compare { seeds = [1] } | Cannot compare: there are no runs",
        "compare.runs = 3 | Cannot compare: there are no runs in FILE:1",
        "compare.runs { a = bp } | 'Invalid compare.runs.a: bp in FILE:1 (must be a section of keys, a { ... })'",
        "compare { runs { a {} }\\n colour = red } | Unknown key compare.colour in FILE:2",
        "compare { seeds = [1, 2, 1], runs { a {} } } | 'Invalid compare.seeds: [1, 2, 1] in FILE:1 (must have every seed once)'",
        "compare { seeds = [1.5], runs { a {} } } | 'Invalid compare.seeds[1]: 1.5 in FILE:1 (must be a whole number)'",
        "compare.runs { a { seeds = 3 } } | 'Invalid compare.seeds: 3 in FILE:1 (must be a list [...])'",
        "compare.runs { a { seed = 3 } } | Cannot use compare.runs.a.seed in FILE:1: a comparison sets it for each of its runs (list them as seeds)",
        "compare.runs { a { model.name = x } } | Cannot use compare.runs.a.model in FILE:1: a comparison sets it",
        "compare.runs { a { output = x } } | Cannot use compare.runs.a.output in FILE:1: a comparison sets it",
        "run-id = x, compare.runs { a {} } | Cannot use run-id in FILE:1: a comparison sets it for each of its runs (leave it out",
        "compare.runs { \"a/b\" {} } | Invalid name of a run: a/b in FILE:1 (must be at most 100 letters",
        "compare.runs { a {}\\n A {} } | Invalid compare.runs: A seed 1 (must have a name and seed of its own)",
        "compare.runs {\\n a { method = bp }\\n b { data.path = ${RAW} }\\n a { method = pred } } | 'Cannot read compare.runs.a in FILE:4: two sections have this name (give each run a name of its own, and all of its keys in one section)'",
        "compare { runs { a { seeds = [1] } } }, compare.runs.a { method = pred } | Cannot read compare.runs.a in FILE:1: two sections have this name",
        "compare.runs { a { network.blocks = [[{type=convolution,filters=2,kernel=99}]] } } | Cannot compare run a: Cannot build block 1",
      })
  void whatCannotBeComparedIsRefusedInOneLine(String conf, String message) {
    String expected = message.replace("FILE", directory.resolve("many.conf").toString());
    assertThatThrownBy(() -> read(conf.replace("\\n", "\n")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(expected)
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @CsvSource({"seed=3, seed", "run-id=x, run-id"})
  void overrideOfWhatRunsAreGivenIsRefused(String set, String key) {
    assertThatThrownBy(() -> read(TWO, set))
        .hasMessageStartingWith(
            "Cannot use %s in --set: a comparison sets it for each of its runs", key);
  }

  @Test
  void otherCommandsRefuseAComparison() throws IOException {
    Path file = Files.writeString(directory.resolve("many.conf"), TWO);
    assertThatThrownBy(() -> Settings.load(file, List.of()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot use compare in %s:2: only the command compare takes several runs (run"
                + " bin/blockwise compare, or give a configuration of one run)",
            file);
  }

  private Comparison read(String conf, String... sets) throws IOException {
    Path file = Files.writeString(directory.resolve("many.conf"), conf);
    return new ComparisonReader(Map.of("RAW", "/raw")).read(file, List.of(sets));
  }
}
