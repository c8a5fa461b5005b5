package io.blockwise.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The package, from the wheel, answers raw images as Java does. */
@Timeout(400) // what hangs shall fail
class WheelAnswersTest {
  @TempDir Path directory;

  @Test
  void aTrainedModelGivesTheScoresOfJava() throws Exception {
    Python.requireNumPy();
    Settings settings = SmallRuns.settings(directory, "training.epochs=1");
    SmallRuns.train(settings);
    Dataset dataset = SmallRuns.parts(settings).dataset();
    Rows rows = SmallRuns.rows(dataset, dataset.manifest().split(Split.TEST).shards()).get(0);
    Answers answers = Answers.ofImages(rows, 40, List.of("pixels"));
    assertThat(answers.difference(directory, "numpy")).isLessThan(1e-5);
    if (Python.has("torch")) {
      assertThat(answers.difference(directory, "torch")).isLessThan(1e-5);
    }
  }
}
