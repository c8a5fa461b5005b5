package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * An optimiser some of whose modules learn faster or slower than the others: the step that it takes
 * for them is multiplied, which for all optimisers is what their learning rate does.
 */
final class ModuleRates implements Optimiser {
  private final Optimiser optimiser;
  private final List<Part> parts = new ArrayList<>();

  /**
   * The values of a module.
   *
   * @param start of a step
   * @param rate over the optimiser's
   */
  private record Part(INDArray values, INDArray start, double rate) {}

  private ModuleRates(Optimiser optimiser, Parameters parameters, Map<String, Double> rates) {
    this.optimiser = optimiser;
    rates.forEach((module, rate) -> parts.add(part(parameters, module, rate)));
  }

  private static Part part(Parameters parameters, String module, double rate) {
    int from = parameters.table().entries().get(parameters.table().first(module)).offset();
    int length = parameters.table().length(module);
    INDArray values = parameters.values().get(NDArrayIndex.interval(from, from + length));
    return new Part(values, Nd4j.zeros(DataType.FLOAT, length), rate);
  }

  /**
   * The optimiser itself where all modules learn alike.
   *
   * @param rates of modules over the optimiser's, by name
   */
  static Optimiser of(Optimiser optimiser, Parameters parameters, Map<String, Double> rates) {
    return rates.isEmpty() ? optimiser : new ModuleRates(optimiser, parameters, rates);
  }

  @Override
  public void step(Pace pace) {
    parts.forEach(part -> part.start.assign(part.values));
    optimiser.step(pace);
    parts.forEach(part -> part.values.subi(part.start).muli(part.rate).addi(part.start));
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
    parts.forEach(part -> part.start.close());
  }
}
