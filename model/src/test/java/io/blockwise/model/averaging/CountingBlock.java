package io.blockwise.model.averaging;

import java.util.Arrays;

/** Every step adds the same to every parameter: what has been learned can be counted. */
final class CountingBlock extends ArrayBlock {
  CountingBlock(int parameters) {
    super(parameters, NO_TENSORS, 1);
  }

  void step(float by) {
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] += by;
    }
    optimiser[0]++;
  }

  void fill(float value) {
    Arrays.fill(parameters, value);
  }
}
