package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.Pace;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * An optimiser some of whose modules learn faster or slower than the others: the step that it takes
 * for them is multiplied, which for all optimisers is what their learning rate does.
 */
final class ModuleRates implements Optimiser {
  private final Optimiser optimiser;
  private final AlignedTable layout;
  private final Map<String, Double> rates;

  private ModuleRates(Optimiser optimiser, AlignedTable layout, Map<String, Double> rates) {
    this.optimiser = optimiser;
    this.layout = layout;
    this.rates = Map.copyOf(rates);
  }

  /**
   * The optimiser itself where all modules learn alike.
   *
   * @param rates of modules over the optimiser's, by name
   */
  static Optimiser of(Optimiser optimiser, AlignedTable layout, Map<String, Double> rates) {
    return rates.isEmpty() ? optimiser : new ModuleRates(optimiser, layout, rates);
  }

  @Override
  public void step(Tensor values, Tensor gradient, Pace pace, Guard guard) {
    Map<String, Tensor> before = new HashMap<>();
    rates.keySet().forEach(module -> before.put(module, layout.part(values, module).clone()));
    optimiser.step(values, gradient, pace, guard);
    before.forEach(
        (module, start) -> {
          Tensor end = layout.part(values, module);
          end.copy_(start.lerp(end, new Scalar(rates.get(module))));
        });
  }

  @Override
  public int length() {
    return optimiser.length();
  }

  @Override
  public void read(float[] into) {
    optimiser.read(into);
  }

  @Override
  public void adopt(float[] from) {
    optimiser.adopt(from);
  }

  @Override
  public void close() {
    optimiser.close();
  }
}
