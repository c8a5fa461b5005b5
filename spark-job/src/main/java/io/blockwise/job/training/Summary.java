package io.blockwise.job.training;

import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.engine.EngineDescription;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** What a run shows at its end. */
final class Summary {
  private Summary() {}

  static void print(
      PrintStream out,
      Path version,
      Metrics metrics,
      Set<EngineDescription> engines,
      List<String> remarks) {
    int blocks = metrics.validation().accuracy().size();
    out.printf(
        Locale.ROOT,
        "%nBest on validation: epoch %d of %d%n%n  block  validation    test%n",
        metrics.selectedEpoch(),
        metrics.epochs());
    for (int k = 0; k < blocks; k++) {
      out.printf(
          Locale.ROOT,
          "  %5d  %8.2f %%  %s%n",
          k + 1,
          100 * metrics.validation().accuracy().get(k),
          test(metrics.test(), k));
    }
    out.println();
    if (metrics.dynamics().computeSaved() > 0) {
      out.println(dynamics(metrics));
    }
    engines.forEach(engine -> out.println("Computed with " + engine));
    remarks.forEach(out::println);
    out.printf(
        Locale.ROOT,
        "%.0f examples/s, %.1f %% of the time waiting for data, %.0f s in all%nPublished %s%n",
        metrics.examplesPerSecond(),
        100 * metrics.waitForDataShare(),
        metrics.seconds(),
        version);
    out.flush();
  }

  private static String test(Metrics.TestFigures test, int block) {
    return test.exists()
        ? String.format(Locale.ROOT, "%5.2f %%", 100 * test.accuracy().get(block))
        : "      -";
  }

  private static String dynamics(Metrics metrics) {
    Metrics.Dynamics its = metrics.dynamics();
    return String.format(
        Locale.ROOT,
        "Blocks trained in %s epochs: %.1f %% of the operations and %.1f MB of pushes saved",
        its.trainedEpochs().stream().map(String::valueOf).collect(Collectors.joining(", ")),
        100 * its.computeSaved(),
        its.pushedBytesSaved() / 1e6);
  }
}
