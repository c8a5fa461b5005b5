package io.blockwise.model.spec;

import io.blockwise.base.Names;
import io.blockwise.model.spec.assembly.Backbone;
import io.blockwise.model.spec.assembly.Method;
import java.util.List;
import java.util.stream.Stream;

/** Specifications for tests. */
public final class Specs {
  public static final Shape IMAGE = Shape.map(3, 32, 32);

  public static final HeadSpec HEAD = new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 128, 64);

  public static final LossSpec.Scpl SCPL = new LossSpec.Scpl(0.1, LossSpec.Divisor.KHOSLA, HEAD);

  public static final AlSpec AL =
      new AlSpec(
          new AlSpec.Bridge(Features.POOLED, List.of(12), LossSpec.Activation.TANH),
          24,
          LossSpec.Activation.TANH,
          LossSpec.Activation.SIGMOID,
          LossSpec.Activation.NONE,
          AlSpec.Inverse.CROSS_ENTROPY);

  public static final DeInfoRegSpec DEINFOREG =
      new DeInfoRegSpec(
          DeInfoRegSpec.Scaling.UNIT,
          List.of(25.0, 5.0, 1.0),
          0.01,
          new DeInfoRegSpec.Exit(DeInfoRegSpec.Exit.Kind.MERGE, true, LossSpec.Activation.RELU),
          HEAD);

  public static final OptimiserSpec OPTIMISER =
      new OptimiserSpec.Adam(
          1e-3, 0.9, 0.999, 1e-8, 1e-4, 5, new ScheduleSpec.Step(List.of(0.5, 0.75), 0.1));

  private Specs() {}

  /** A small network with the method's loss. */
  public static NetworkSpec small(Method method) {
    return Stream.of(
            SCPL, AL, DEINFOREG, new LossSpec.CrossEntropy(), new LossSpec.PredSim(0.99, HEAD))
        .filter(loss -> Names.of(loss.getClass()).equals(method.loss()))
        .map(loss -> small(method, loss))
        .findFirst()
        .orElseThrow();
  }

  public static NetworkSpec small(Method method, LossSpec loss) {
    return method.network(IMAGE, 10, new Backbone.VggSmall(8).blocks(), parts(loss));
  }

  public static Method.Parts parts(LossSpec loss) {
    return new Method.Parts(loss, new ExitSpec(Features.FLAT), OPTIMISER);
  }

  /** These layers, which read such an input. */
  public static ModuleSpec module(Shape input, List<LayerSpec> layers) {
    return ModuleSpec.of(input).then("layers", layers);
  }
}
