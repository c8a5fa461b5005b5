package io.blockwise.job.feed;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.TokenField;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How much of a data set's training batches is padding, by the batches whose rows are sorted by
 * length together.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes \
 *     -Djob.bench=feed.PaddingShare -Dbench.args="CONF [KEY=VALUE]..."
 * </pre>
 */
final class PaddingShare {
  private PaddingShare() {}

  public static void main(String[] arguments) throws Exception {
    List<String> sets = Arrays.asList(arguments).subList(1, arguments.length);
    Settings settings = Settings.load(Path.of(arguments[0]), sets);
    Dataset dataset = Datasets.existing(settings, HadoopSettings.current()).orElseThrow();
    DatasetRows rows = new DatasetRows(dataset, settings.data().memory().bytes(), 1);
    RowTransform transform = RowTransform.of(dataset.manifest().schema(), Augmentation.NONE);
    for (int bucket : new int[] {1, 5, 20, 50, 200}) {
      long start = System.nanoTime();
      try (BatchSource batches =
          rows.shuffled(
              dataset.manifest().split(Split.TRAIN).shards(),
              transform.bucketed(bucket),
              new Pass(settings.seed(), 1, 0),
              settings.training().batchSize())) {
        System.out.printf(
            Locale.ROOT,
            "bucket %d: %.1f %% of all positions are padding, %.0f ms for all batches%n",
            bucket,
            100 * padding(batches),
            (System.nanoTime() - start) / 1e6);
      }
    }
  }

  private static double padding(BatchSource batches) throws InterruptedException {
    Batch batch = batches.allocate();
    long tokens = 0;
    long positions = 0;
    for (int number = 0; number < batches.batches(); number++) {
      batches.fill(number, batch);
      TokenField field = batch.tokens().orElseThrow();
      tokens += Arrays.stream(field.lengths(batch.rows())).sum();
      positions += field.padded(batch.rows()).length;
    }
    return 1 - (double) tokens / positions;
  }
}
