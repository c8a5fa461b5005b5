package io.blockwise.model.engine.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What layers need while a block is built: where parameters and running statistics are declared and
 * drawn, and the block's memory. Used by one thread.
 */
record Construction(
    Memory memory, Parameters parameters, Parameters statistics, RandomGenerator random) {

  /** A parameter drawn uniformly from plus or minus {@code 1 / sqrt(fanIn)}: PyTorch's default. */
  Parameters.Tensor uniform(String name, int fanIn, int... shape) {
    double bound = 1 / Math.sqrt(fanIn);
    return parameters.add(name, sizes(shape), () -> random.nextDouble(-bound, bound));
  }

  /** A parameter that starts at one value. */
  Parameters.Tensor constant(String name, double value, int length) {
    return parameters.add(name, List.of(length), () -> value);
  }

  /** A running statistic that starts at one value. */
  Parameters.Tensor statistic(String name, double value, int length) {
    return statistics.add(name, List.of(length), () -> value);
  }

  private static List<Integer> sizes(int... shape) {
    return Arrays.stream(shape).boxed().collect(Collectors.toList());
  }
}
