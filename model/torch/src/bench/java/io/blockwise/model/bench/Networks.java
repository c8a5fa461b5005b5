package io.blockwise.model.bench;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.spec.Backbone;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Method;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import io.blockwise.base.Names;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The network that is measured, and what it reads. */
final class Networks {
  private Networks() {}

  /** {@code vgg-small} as in {@code conf/cifar10-small.conf}. */
  static NetworkSpec vggSmall(String method) {
    return network(new Backbone.VggSmall(32), method);
  }

  /** A backbone with the heads of {@code conf/cifar10-small.conf}. */
  static NetworkSpec network(Backbone backbone, String method) {
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
    Method.Parts parts = new Method.Parts(loss, new ExitSpec(Features.POOLED), adam);
    return chosen.network(
        Shape.map(3, 32, 32), 10, backbone.blocks(), parts);
  }

  /** Random images of ten classes. */
  static Batch images(int rows) {
    Shape shape = Shape.map(3, 32, 32);
    Batch batch = new Batch(shape, rows);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < rows * shape.elements(); i++) {
      batch.inputs()[i] = (float) random.nextDouble(-2, 2);
    }
    for (int row = 0; row < rows; row++) {
      batch.labels()[row] = row % 10;
    }
    batch.rows(rows);
    return batch;
  }
}
