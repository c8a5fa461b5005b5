package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the optimisers of every engine must compute; a subclass per engine runs the whole suite. */
public abstract class OptimiserContract {
  private static final ScheduleSpec CONSTANT = new ScheduleSpec.Constant();

  private static final double AT_A_TRACES_END = 2e-5;

  private static final OptimiserSpec ADAMW =
      new OptimiserSpec.AdamW(0.01, 0.8, 0.99, 1e-4, 0.5, 0.3, CONSTANT);

  private static final OptimiserSpec LARS =
      new OptimiserSpec.Lars(0.5, 0.9, 0.05, 0.1, 0, CONSTANT);

  private static final List<OptimiserSpec> ALL =
      List.of(
          new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 1e-3, 0.05, CONSTANT),
          ADAMW,
          LARS,
          new OptimiserSpec.Lars(0.1, 0, 0.05, 0, 0.05, CONSTANT),
          new OptimiserSpec.Sgd(0.1, 0.9, 0.01, 0.05, CONSTANT),
          new OptimiserSpec.Sgd(0.1, 0, 0, 0, CONSTANT));

  protected abstract Engine engine();

  @Test
  void adamWithDecoupledDecayFollowsPyTorchsTrace() {
    assertTrace("trace_adamw", ADAMW);
  }

  /** The weights of an exit are 0 at first. */
  @Test
  void layerWiseAdaptiveRatesFollowTheTraceOfTheirFormulas() {
    assertTrace("trace_lars", LARS);
  }

  @Test
  void tensorsOfZerosLearnUnderLarsAndStayFinite() {
    Engine engine = engine();
    try (Block block = block(engine, LARS, 7);
        Signal in = engine.signal(SmallBlocks.batch(11, 1))) {
      block.adopt(StateKind.PARAMETERS, new float[block.length(StateKind.PARAMETERS)]);
      for (int step = 0; step < 3; step++) {
        assertThat(SmallBlocks.train(block, in, 0.5).trained()).isTrue();
      }
      Map<String, float[]> tensors =
          States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS));
      assertThat(tensors.get("layers.0.weight")).containsOnly(0); // nothing reaches it
      assertThat(tensors.get("layers.1.bias")).doesNotContain(Float.NaN);
      assertThat(tensors.get("exit.bias")).doesNotContain(0, Float.NaN);
    }
  }

  /** By the formula in double, step for step, from gradients that plain descent shows. */
  @Test
  void whereStepsAreAveragedAdamDividesByTheNoiseOfTheMean() {
    for (double noise : new double[] {1, 0.5, 0.125}) {
      OptimiserSpec.Adam adam = new OptimiserSpec.Adam(0.01, 0.8, 0.99, 1e-3, 0.3, 0, CONSTANT);
      follow(adam, noise, new AdamOfMean(adam, false, noise));
      OptimiserSpec.AdamW decoupled =
          new OptimiserSpec.AdamW(0.01, 0.8, 0.99, 1e-3, 0.3, 0, CONSTANT);
      follow(decoupled, noise, new AdamOfMean(decoupled.coupled(), true, noise));
    }
  }

  private void follow(OptimiserSpec spec, double noise, AdamOfMean expected) {
    Engine engine = engine();
    OptimiserSpec descent = new OptimiserSpec.Sgd(64, 0, 0, 0, CONSTANT);
    try (Block block = block(engine, spec, 7);
        Block twin = block(engine, descent, 7)) {
      for (int step = 1; step <= 6; step++) {
        try (Signal in = engine.signal(SmallBlocks.batch(11, step))) {
          float[] values = States.read(block, StateKind.PARAMETERS);
          twin.adopt(StateKind.PARAMETERS, values);
          SmallBlocks.train(twin, in, 64);
          float[] moved = States.read(twin, StateKind.PARAMETERS);
          double[] gradient = new double[values.length];
          for (int i = 0; i < values.length; i++) {
            gradient[i] = (values[i] - moved[i]) / 64.0;
          }
          block.train(in, new Pace(0.01, noise)).output().close();
          float[] next = States.read(block, StateKind.PARAMETERS);
          double[] wanted = expected.after(values, gradient);
          for (int i = 0; i < next.length; i++) {
            assertThat((double) next[i])
                .as("%s, noise %s, step %d, parameter %d", spec, noise, step, i)
                .isCloseTo(wanted[i], within(2e-6));
          }
        }
      }
    }
  }

  /** Adam in double, whose second moment is that of the mean of several gradients. */
  private static final class AdamOfMean {
    private final OptimiserSpec.Adam spec;
    private final boolean decoupled;
    private final double noise;
    private double[] first = {};
    private double[] second = {};
    private int steps;

    AdamOfMean(OptimiserSpec.Adam spec, boolean decoupled, double noise) {
      this.spec = spec;
      this.decoupled = decoupled;
      this.noise = noise;
    }

    double[] after(float[] values, double[] gradient) {
      steps++;
      first = steps == 1 ? new double[values.length] : first;
      second = steps == 1 ? new double[values.length] : second;
      double[] next = new double[values.length];
      for (int i = 0; i < next.length; i++) {
        double g = gradient[i] + (decoupled ? 0 : spec.weightDecay() * values[i]);
        first[i] += (1 - spec.beta1()) * (g - first[i]);
        second[i] += (1 - spec.beta2()) * (g * g - second[i]);
        double mean = first[i] / (1 - Math.pow(spec.beta1(), steps));
        double square = second[i] / (1 - Math.pow(spec.beta2(), steps));
        double explained = Math.min(mean * mean, square);
        double size = Math.sqrt(explained + noise * (square - explained));
        double decay = decoupled ? 0.01 * spec.weightDecay() * values[i] : 0;
        next[i] = values[i] - decay - 0.01 * mean / (size + spec.epsilon());
      }
      return next;
    }
  }

  @Test
  void aStepOfTheMeanThatIsNotFiniteChangesNoState() {
    Batch bad = SmallBlocks.batch(12, 2);
    bad.inputs()[5] = Float.NaN;
    Engine engine = engine();
    Pace pace = new Pace(0.1, 0.25);
    try (Block block = block(engine, ADAMW, 7);
        Signal good = engine.signal(SmallBlocks.batch(12, 1));
        Signal in = engine.signal(bad)) {
      Map<StateKind, float[]> before = States.all(block); // before any step, too
      block.train(in, pace).output().close();
      States.assertEqual(States.all(block), before);
      block.train(good, pace).output().close();
      before = States.all(block);
      block.train(in, pace).output().close();
      States.assertEqual(States.all(block), before);
    }
  }

  private void assertTrace(String name, OptimiserSpec optimiser) {
    GoldenTrace trace =
        new GoldenTrace(
            name,
            List.of(SmallBlocks.with(4, optimiser), SmallBlocks.with(5, optimiser)),
            IntStream.rangeClosed(1, 2).mapToObj(OptimiserContract::rename).toList());
    GoldenTrace.Errors errors = trace.follow(engine());
    System.out.printf("golden %s losses %.1e state %.1e%n", name, errors.losses(), errors.state());
    assertThat(errors.losses()).isLessThan(AT_A_TRACES_END);
    assertThat(errors.state()).isLessThan(AT_A_TRACES_END);
  }

  private static Function<String, String> rename(int block) {
    String prefix = "block-" + block + ".";
    return tensor ->
        tensor
            .replace(prefix + "conv", "layers.0")
            .replace(prefix + "bn", "layers.1")
            .replace(prefix + "exit", "exit");
  }

  @Test
  void aBatchThatIsNotFiniteChangesNoStateOfAnyOptimiser() {
    Batch bad = SmallBlocks.batch(12, 2);
    bad.inputs()[5] = Float.NaN;
    for (OptimiserSpec optimiser : ALL) {
      Engine engine = engine();
      Block block = block(engine, optimiser, 7);
      try (block;
          Signal good = engine.signal(SmallBlocks.batch(12, 1));
          Signal in = engine.signal(bad)) {
        SmallBlocks.train(block, good, 0.1);
        Map<StateKind, float[]> before = States.all(block);
        assertThat(SmallBlocks.train(block, in, 0.1).outcome()).isEqualTo(Outcome.NOT_FINITE);
        States.assertEqual(States.all(block), before);
        assertThat(SmallBlocks.train(block, good, 0.1).trained()).isTrue();
      }
    }
  }

  @Test
  void aBlockThatAdoptsTheStateOfAnOptimiserGoesOnWithItsNumbers() {
    for (OptimiserSpec optimiser : ALL) {
      Engine engine = engine();
      Block block = block(engine, optimiser, 7);
      Block copy = block(engine, optimiser, 99);
      try (block;
          copy;
          Signal in = engine.signal(SmallBlocks.batch(12, 1))) {
        SmallBlocks.train(block, in, 0.1);
        States.all(block).forEach(copy::adopt);
        for (int step = 0; step < 2; step++) {
          StepResult next = SmallBlocks.train(block, in, 0.1);
          assertThat(SmallBlocks.train(copy, in, 0.1).losses()).isEqualTo(next.losses());
        }
        States.assertEqual(States.all(copy), States.all(block));
      }
    }
  }

  private static Block block(Engine engine, OptimiserSpec optimiser, long seed) {
    return engine.block(
        SmallBlocks.with(optimiser), SmallBlocks.BORDER, 3, new SplittableRandom(seed));
  }
}
