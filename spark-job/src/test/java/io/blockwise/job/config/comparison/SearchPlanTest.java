package io.blockwise.job.config.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.job.config.comparison.CompareKeys.Search;
import io.blockwise.job.config.comparison.CompareKeys.Search.Kind;
import io.blockwise.job.config.comparison.SearchPlan.Rung;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchPlanTest {
  @TempDir Path directory;

  @Test
  void aRandomSearchHasOneRungAndMinutesAloneHaveManyCandidates() {
    assertThat(SearchPlan.rungs(new Search(Kind.RANDOM, 1, 20, 0, 3, 1), 8))
        .containsExactly(new Rung(8, 20));
    assertThat(SearchPlan.rungs(new Search(Kind.RANDOM, 1, 0, 30, 3, 1), 8))
        .containsExactly(new Rung(8, 200));
  }

  @Test
  void halvingBeginsWithAsManyAsLeaveRoomForTheLaterRungs() {
    assertThat(SearchPlan.rungs(new Search(Kind.HALVING, 1, 40, 0, 3, 1), 27))
        .containsExactly(new Rung(1, 27), new Rung(3, 9), new Rung(9, 3), new Rung(27, 1));
    assertThat(SearchPlan.rungs(new Search(Kind.HALVING, 1, 12, 0, 2, 2), 6))
        .as("the last one has training.epochs, and the others' factors")
        .containsExactly(new Rung(2, 7), new Rung(4, 3), new Rung(6, 1));
    assertThat(SearchPlan.rungs(new Search(Kind.HALVING, 1, 3, 0, 3, 4), 4))
        .containsExactly(new Rung(4, 3));
  }

  @Test
  void tooFewTrainingsOrEpochsAreRefused() {
    assertThatThrownBy(() -> SearchPlan.rungs(new Search(Kind.HALVING, 1, 3, 0, 3, 1), 27))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage(
            "Invalid compare.search.trainings: 3 (must be at least 4, one for each of the epochs"
                + " [1, 3, 9, 27])");
    assertThatThrownBy(() -> SearchPlan.rungs(new Search(Kind.HALVING, 1, 9, 0, 3, 5), 4))
        .hasMessage(
            "Invalid compare.search.least-epochs: 5 (must be at most training.epochs, which is 4)");
  }

  @Test
  void everyTrainingHasDrawnValuesAndLeavesTestAlone() throws Exception {
    Comparison comparison =
        read(
            """
            training.epochs = 4
            seed = 5
            compare.search {
              kind = halving, trainings = 3, least-epochs = 2, eta = 2
              space { training.learning-rate { log = [1e-4, 1e-1] }, method = [bp, pred] }
            }
            """);
    List<SortedMap<String, String>> candidates = comparison.search().orElseThrow().candidates();
    assertThat(candidates).hasSize(2);
    assertThat(comparison.runs())
        .extracting(Comparison.Run::configuration)
        .containsExactly("c01-e2", "c02-e2", "c01-e4", "c02-e4");
    for (int i = 0; i < 4; i++) {
      var settings = comparison.runs().get(i).settings();
      assertThat(settings.evaluation().test()).isFalse();
      assertThat(settings.seed()).isEqualTo(5);
      assertThat(settings.training().epochs()).isEqualTo(i < 2 ? 2 : 4);
      assertThat(settings.training().optimisation().learningRate())
          .isEqualTo(Double.parseDouble(candidates.get(i % 2).get("training.learning-rate")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind = random, space { seed = [1, 2] }, trainings = 3 | Cannot use compare.search.space.seed",
        "kind = random, space { mlp.hidden = [[3], [4]] } | 'Invalid compare.search.trainings: 0 (must be at least 1, or compare.search.minutes above 0)'",
        "kind = halving, minutes = 3, space { mlp.hidden = [[3], [4]] } | 'Invalid compare.search.trainings: 0 (must be at least 1 with compare.search.kind = halving)'",
        "kind = random, trainings = -1, space { method = [bp] } | 'Invalid compare.search.trainings: -1 in FILE:1 (must be at least 0)'",
        "kind = random, trainings = 3, space { training.bacth-size = [1] } | 'Cannot search with {training.bacth-size=1}: Unknown key training.bacth-size in FILE:1 (did you mean training.batch-size?)'",
        "kind = random, trainings = 3, space { training.batch-size = [0] } | 'Cannot search with {training.batch-size=0}: Invalid training.batch-size: 0 in FILE:1 (must be at least 1)'",
        "kind = random, trainings = 3, space {} | 'Invalid compare.search.space: {}'",
        "kind = magic, space { method = [bp] } | 'Invalid compare.search.kind: magic in FILE:1'",
        "kind = random, eta = 1, trainings = 3, space { method = [bp] } | 'Invalid compare.search.eta: 1 in FILE:1 (must be at least 2)'",
        "colour = red | Unknown key compare.search.colour in FILE:1",
      })
  void whatCannotBeSearchedIsRefused(String search, String message) {
    assertThatThrownBy(() -> read("compare.search { " + search + " }"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message.replace("FILE", directory.resolve("s.conf").toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "compare.runs.a {} | Cannot use compare.runs",
        "compare.seeds = [1, 2] | 'Invalid compare.seeds: [1, 2]'",
        "publish.if = \"validation-accuracy >= 0.5\" | Invalid publish.if"
      })
  void whatASearchDoesNotGoWithIsRefused(String more, String message) {
    String search = "compare.search { kind = random, trainings = 3, space { method = [bp] } }";
    assertThatThrownBy(() -> read(search + "\n" + more))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aComparisonOfRunsHasToReadTest() {
    assertThatThrownBy(() -> read("evaluation.test = false, compare.runs.a {}"))
        .hasMessageContaining("Invalid evaluation.test: false")
        .hasMessageContaining("(must be true in a comparison, whose tables are of test)");
  }

  private Comparison read(String conf) throws IOException {
    Path file = Files.writeString(directory.resolve("s.conf"), conf);
    return Comparison.load(file, List.of());
  }
}
