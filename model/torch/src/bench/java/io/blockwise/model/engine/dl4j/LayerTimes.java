package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where the time of a {@code vgg-small} step goes, layer by layer, medians in milliseconds.
 *
 * <pre>
 *   OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 mvn -q -Pbench -pl model/torch -am process-test-classes \
 *     -Dbench.class=io.blockwise.model.engine.dl4j.LayerTimes -Dbench.args="128 20"
 * </pre>
 */
public final class LayerTimes {
  private LayerTimes() {}

  public static void main(String[] arguments) {
    int rows = Integer.parseInt(arguments[0]);
    int runs = Integer.parseInt(arguments[1]);
    List<LayerSpec> specs =
        new Backbone.VggSmall(32).blocks().stream().flatMap(List::stream).toList();
    Shape input = Shape.map(3, 32, 32);
    OptimiserSpec none = new OptimiserSpec.Sgd(1, 0, 0, 0, new ScheduleSpec.Constant());
    BlockSpec block =
        new BlockSpec(specs, new LossSpec.CrossEntropy(), new ExitSpec(Features.POOLED), none);
    BlockLayout layout = BlockLayout.of(block, Border.of(input), 10);
    Parameters parameters =
        Parameters.trained(
            layout.parameters(), layout.firstParameters(new SplittableRandom(1)));
    Parameters statistics = Parameters.kept(layout.statistics(), layout.firstStatistics());
    Chain chain =
        Layers.of(
            block.modules(Border.of(input), 10).get(BlockSpec.LAYERS),
            new Construction(new Memory(), parameters, statistics));
    INDArray x = Nd4j.rand(DataType.FLOAT, rows, 32, 32, 3);
    INDArray dy = Nd4j.rand(DataType.FLOAT, rows, 4, 4, 128);
    double[][] forward = new double[specs.size()][runs];
    double[][] backward = new double[specs.size()][runs];
    for (int run = -3; run < runs; run++) {
      INDArray signal = x;
      for (int i = 0; i < specs.size(); i++) {
        long start = System.nanoTime();
        signal = chain.layers().get(i).train(signal);
        note(forward[i], run, start);
      }
      INDArray gradient = dy.dup();
      for (int i = specs.size() - 1; i >= 0; i--) {
        long start = System.nanoTime();
        gradient = chain.layers().get(i).backward(gradient);
        note(backward[i], run, start);
      }
    }
    for (int i = 0; i < specs.size(); i++) {
      System.out.printf(
          "%-75s forward %6.2f backward %6.2f%n",
          specs.get(i), median(forward[i]), median(backward[i]));
    }
    System.out.printf(
        "sum: forward %.1f backward %.1f%n",
        Arrays.stream(forward).mapToDouble(LayerTimes::median).sum(),
        Arrays.stream(backward).mapToDouble(LayerTimes::median).sum());
  }

  private static void note(double[] times, int run, long start) {
    if (run >= 0) {
      times[run] = (System.nanoTime() - start) / 1e6;
    }
  }

  private static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
