package io.blockwise.job.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example reads what was published, and nothing but that, and answers as Blockwise does. */
class ReadModelExampleTest {
  private static final String EXAMPLE = "../examples/read_model.py";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method=scpl",
        "exit.features=pooled",
        "exit.features=grid",
        "exit={kind = small-conv, hidden = 5, features = grid}",
        "exit={kind = mlp-bn, hidden = [9, 8]}",
        "backbone=mlp",
        "context=image, engine=torch",
        "context=image, engine=torch, backbone=mlp",
        "method=al",
        "method=deinforeg",
        "loss={type = deinforeg, exit {batch-norm = false, activation = tanh}, head {kind = mlp-bn}}",
        "loss={type = deinforeg, exit.kind = unmerge}",
        "loss={type = al, width = 9, bridge {features = grid, hidden = [12], activation = sigmoid},"
            + " first-decoder = sigmoid, inverse = mse}",
        "method=pred, exit.look-ahead.depth=3",
        "method=pred, exit.momentum=0.9, engine=torch",
        "network.blocks=[[{type = convolution, filters = 6}, {type = tanh}, {type = max-pool}, {type ="
            + " convolution, filters = 6}, {type = elu, alpha = 0.5}], [{type = flatten}, {type ="
            + " dense, units = 20}, {type = leaky-relu}, {type = dense, units = 9}, {type = sigmoid}]]",
        "network.blocks=[[{type = residual, body = [{type = convolution, filters = 6}, {type ="
            + " batch-norm}], shortcut = [{type = convolution, filters = 6, kernel = 1, padding ="
            + " 0}]}, {type = relu}], [{type = residual, body = [{type = convolution, filters = 6}]}]]",
        "network.blocks=[[{type = convolution, filters = 6, kernel = 5, stride = 2, padding = 1, bias"
            + " = true}, {type = relu}, {type = average-pool}], [{type = flatten}, {type = dense,"
            + " units = 20}, {type = batch-norm}, {type = relu}, {type = dense, units = 9, bias ="
            + " false}]]",
      })
  void exampleMeasuresThePublishedAccuracies(String set) throws Exception {
    requireNumPy();
    List<String> sets = new ArrayList<>(List.of("training.epochs=4", "mlp.hidden=[20, 10]"));
    sets.addAll(List.of(set.split(", (?=[a-z.-]+=)")));
    SmallRuns.train(SmallRuns.settings(directory, sets.toArray(String[]::new)));
    List<Double> published = SmallRuns.published(directory).metrics().test().accuracy();
    List<String> expected = new ArrayList<>();
    for (double share : published) {
      expected.add(
          String.format(
              Locale.ROOT,
              "block %d: %6.2f %%, published %6.2f %%",
              expected.size() + 1,
              100 * share,
              100 * share));
    }
    Path output = SmallRuns.output(directory);
    assertThat(
            python(
                EXAMPLE,
                output.resolve("models/small").toString(),
                output.resolve("datasets/shapes-raw/test_batch.bin").toString()))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void exampleIsShort() throws IOException {
    assertThat(java.nio.file.Files.readAllLines(Path.of(EXAMPLE))).hasSizeLessThanOrEqualTo(120);
  }

  private static void requireNumPy() throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "-c", "import numpy").start();
      assumeTrue(process.waitFor() == 0, "skipped: python3 has no NumPy here");
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no python3 here");
    }
  }

  private static List<String> python(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
