package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.assembly.Method;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.cut.BalancedCut;
import io.blockwise.model.spec.cut.Cost;
import io.blockwise.model.spec.cut.Units;
import io.blockwise.base.Names;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The network that is measured, and what it reads. */
final class Networks {
  private static final Shape IMAGE = Shape.map(3, 32, 32);

  private Networks() {}

  /** {@code vgg-small} as in {@code conf/cifar10-small.conf}. */
  static NetworkSpec vggSmall(String method) {
    return network(new Backbone.VggSmall(32), method);
  }

  /** A backbone with the heads of {@code conf/cifar10-small.conf}. */
  static NetworkSpec network(Backbone backbone, String method) {
    return Method.parse(method).network(IMAGE, 10, backbone.blocks(), parts(method));
  }

  /** The same, cut into so many blocks of equal cost. */
  static NetworkSpec cut(Backbone backbone, String method, int blocks, Cost.Measure by) {
    Method.Parts parts = parts(method);
    List<List<LayerSpec>> units =
        Units.of(backbone.blocks().stream().flatMap(List::stream).toList());
    List<Integer> cut =
        BalancedCut.of(
            IMAGE,
            10,
            units,
            blocks,
            layers -> Method.parse(method).blocks(layers, parts),
            by);
    return Method.parse(method).network(IMAGE, 10, Units.blocks(units, cut), parts);
  }

  private static Method.Parts parts(String method) {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 128, 128);
    Method chosen = Method.parse(method);
    LossSpec loss =
        Stream.of(
                new LossSpec.CrossEntropy(),
                new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, head),
                new LossSpec.PredSim(0.99, head))
            .filter(known -> Names.of(known.getClass()).equals(chosen.loss()))
            .findFirst()
            .orElseThrow();
    OptimiserSpec adam =
        new OptimiserSpec.Adam(1e-3, 0.9, 0.999, 1e-8, 0, 0, new ScheduleSpec.Constant());
    return new Method.Parts(loss, new ExitSpec(Features.POOLED), adam);
  }

  /** Random images of ten classes. */
  static Batch images(int rows) {
    return images(IMAGE, 10, rows);
  }

  static Batch images(Shape image, int classes, int rows) {
    Batch batch = new Batch(image, rows);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < rows * image.elements(); i++) {
      batch.inputs()[i] = (float) random.nextDouble(-2, 2);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = row % classes;
    }
    batch.rows(rows);
    return batch;
  }
}
