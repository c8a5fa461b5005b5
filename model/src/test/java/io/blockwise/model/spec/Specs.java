package io.blockwise.model.spec;

import java.util.List;

/** Specifications for tests. */
final class Specs {
  static final Shape IMAGE = Shape.map(3, 32, 32);

  static final Method.Parts PARTS =
      new Method.Parts(
          new LossSpec.Scpl(
              0.1,
              LossSpec.Divisor.KHOSLA,
              new HeadSpec(HeadSpec.Kind.MLP, Features.POOLED, 128, 64)),
          new ExitSpec(Features.FLAT),
          new OptimiserSpec.Adam(
              1e-3, 0.9, 0.999, 1e-8, 1e-4, 5, new ScheduleSpec.Step(List.of(0.5, 0.75), 0.1)));

  private Specs() {}

  static NetworkSpec small(Method method) {
    return method.network(IMAGE, 10, new Backbone.VggSmall(8).blocks(), PARTS);
  }
}
