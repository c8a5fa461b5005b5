package io.blockwise.job.bench;

import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Engines;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One training step of all blocks of a backbone as it is by default, with Adam, on random 3x32x32
 * images of ten classes.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh="BlockStep -p backbone=mlp -p engine=torch"
 * </pre>
 *
 * <p>Beside {@code reference.py --time --method bp --batch 128} of PyTorch, which takes the median
 * of 20 steps after ten that are not counted:
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Dbench.threads=2 \
 *     -Djmh="BlockStep -wi 10 -i 20 -p backbone=vgg-small -p method=bp"
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class BlockStep {
  private static final int CLASSES = 10;

  @Param({"mlp", "vgg-small", "vgg8"})
  String backbone;

  @Param({"bp", "scpl"})
  String method;

  /** What the projection head of {@code scpl} reads. */
  @Param({"pooled"})
  String features;

  @Param({"dl4j", "torch"})
  String engine;

  @Param({"128"})
  int rows;

  private DecoupledNetwork network;
  private Batch batch;

  @Setup(Level.Trial)
  public void build() throws IOException {
    Shape shape = Shape.map(3, 32, 32);
    Path empty = Files.createTempFile("defaults", ".conf");
    List<String> sets =
        List.of(
            "backbone=" + backbone,
            "method=" + method,
            "engine=" + engine,
            "scpl.head.features=" + features);
    Settings settings = Settings.load(empty, sets);
    Files.delete(empty);
    network = new DecoupledNetwork(
            Engines.create(settings.engineChoice()), settings.network(shape, CLASSES), 1);
    batch = new Batch(shape, rows);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < rows * shape.elements(); i++) {
      batch.inputs()[i] = (float) random.nextDouble(-2, 2);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = row % CLASSES;
    }
    batch.rows(rows);
  }

  @TearDown(Level.Trial)
  public void close() {
    network.close();
  }

  @Benchmark
  public List<StepResult> step() {
    return network.step(batch, block -> 1e-3);
  }
}
