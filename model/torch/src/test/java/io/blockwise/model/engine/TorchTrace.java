package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.BlockSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Training of small networks by the torch engine beside PyTorch's, of further_traces.py. */
final class TorchTrace {
  private static final double CLOSE = 2e-5;

  private TorchTrace() {}

  /**
   * Asserts that losses and final state are PyTorch's.
   *
   * @param names of its tensors within a block, beside those of its unit and exit, by ours
   */
  static void assertFollowed(String trace, List<BlockSpec> blocks, Map<String, String> names) {
    assertFollowed(TestDevice.torch(), trace, blocks, names);
  }

  /** The same of an engine, which is closed. */
  static void assertFollowed(
      Engine engine, String trace, List<BlockSpec> blocks, Map<String, String> names) {
    List<Function<String, String>> renames = new ArrayList<>();
    for (int k = 1; k <= blocks.size(); k++) {
      String prefix = "block-" + k + ".";
      renames.add(tensor -> ours(tensor.replace(prefix, ""), names));
    }
    try (engine) {
      GoldenTrace.Errors errors = new GoldenTrace(trace, blocks, renames).follow(engine);
      System.out.printf(
          "golden %s of %s losses %.1e state %.1e%n",
          trace, engine.name(), errors.losses(), errors.state());
      assertThat(errors.losses()).isLessThan(CLOSE);
      assertThat(errors.state()).isLessThan(CLOSE);
    }
  }

  private static String ours(String tensor, Map<String, String> names) {
    String ours = tensor.replace("unit.conv", "layers.0").replace("unit.bn", "layers.1");
    for (Map.Entry<String, String> name : names.entrySet()) {
      ours = ours.replace(name.getKey(), name.getValue());
    }
    return ours;
  }
}
