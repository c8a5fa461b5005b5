package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Rows;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.engine.Batch;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One image in colour of random bytes into a batch, in all its views, on one thread of the feed.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh="ImageAugmentation -prof gc"
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ImageAugmentation {
  private static final int ROWS = 128;

  @Param({"none", "weak", "strong", "two-view"})
  String augmentation;

  @Param({"32", "64"})
  int size;

  private RowTransform transform;
  private Rows rows;
  private Batch batch;
  private int next;

  @Setup
  public void build() {
    ImageShape shape = new ImageShape(3, size, size);
    List<Double> half = List.of(0.5, 0.5, 0.5);
    RowSchema schema = RowSchema.of(new ImageKind(shape, true, half, half));
    String field = schema.main(ImageKind.class).name();
    byte[] pixels = new byte[ROWS * shape.bytes()];
    new SplittableRandom(1).nextBytes(pixels);
    rows = new Rows(0, new int[ROWS], Map.of(field, new ImageValues(shape, pixels)));
    transform = RowTransform.of(schema, Augmentation.parse(augmentation));
    batch = transform.allocate(ROWS);
    batch.examples(ROWS);
  }

  @Benchmark
  public Batch image() {
    int row = next++ % ROWS;
    transform.apply(rows, row, new SplitMix(SplitMix.key(1, 1, next)), batch, row);
    return batch;
  }
}
