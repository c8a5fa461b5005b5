package io.blockwise.job.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.prediction.Example;
import io.blockwise.job.prediction.Pngs;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTables;
import io.blockwise.job.training.SmallTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that were trained and published, on rows of their test splits. */
@Tag("thorough")
class TrainedModelInOnnxTest {
  private static final double BOUND = 1e-5;
  private static final int ROWS = 40;

  @TempDir Path directory;

  private void assertAgrees(List<Example> examples) throws Exception {
    Comparison comparison =
        new Comparison(
            SmallRuns.published(directory), examples.subList(0, Math.min(ROWS, examples.size())));
    double difference = comparison.difference();
    System.out.printf(Locale.ROOT, "%.1e in ONNX, trained%n", difference);
    assertThat(difference).isLessThan(BOUND);
  }

  @Test
  void ofImages() throws Exception {
    Settings settings = SmallRuns.settings(directory);
    SmallRuns.train(settings);
    Dataset dataset = Datasets.openOrPrepare(settings, new Configuration());
    Rows rows = dataset.read(dataset.manifest().split(Split.TEST).shards().get(0));
    assertAgrees(Pngs.of(rows).stream().map(Example::of).toList());
  }

  @Test
  void ofTexts() throws Exception {
    SmallTexts.prepare(directory);
    SmallRuns.train(SmallTexts.settings(directory, directory, "backbone=text-lstm", "method=al"));
    assertAgrees(SmallTexts.test(directory).stream().map(row -> Example.of(row[1])).toList());
  }

  @Test
  void ofNumbers() throws Exception {
    SmallTables.prepare(directory);
    SmallRuns.train(SmallTables.settings(directory, directory));
    assertAgrees(
        SmallTables.test(directory).stream()
            .map(row -> Example.of(SmallTables.numbers(row)))
            .toList());
  }
}
