package io.blockwise.job.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.artifact.Exits;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.testing.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files against ONNX's own checker, in Python: format, opset, and types and shapes of all values.
 */
@Timeout(200) // what hangs shall fail
class OnnxCheckerTest {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Debian's package is the second one's where another Python comes first. */
  private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

  private static final String CHECK =
      """
      import onnx, sys
      for name in sys.argv[1:]:
          model = onnx.load(name)
          onnx.checker.check_model(model, full_check=True)
          shaped = onnx.shape_inference.infer_shapes(model, strict_mode=True)
          used = {name for node in model.graph.node for name in node.input}
          unused = [t.name for t in model.graph.initializer if t.name not in used]
          sizes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in shaped.graph.output]
          print(model.opset_import[0].version, sizes, unused)
      """;

  @TempDir Path directory;

  private static Optional<String> python() throws InterruptedException {
    for (String python : PYTHONS) {
      try {
        if (Command.of(python, "-c", "import onnx").run(LONGEST).code() == 0) {
          return Optional.of(python);
        }
      } catch (IOException e) {
        // there is none of this name
      }
    }
    return Optional.empty();
  }

  @Test
  void filesFollowTheFormat() throws IOException, InterruptedException {
    Optional<String> python = python();
    assumeTrue(python.isPresent(), "skipped: there is no python3 with onnx here (python3-onnx)");
    List<String> files = new ArrayList<>();
    for (ModelVersion version : versions()) {
      Path file = directory.resolve(files.size() + ".onnx");
      files.add(Files.write(file, Comparison.file(version, version.blocks().size())).toString());
    }
    Command.Result result =
        Command.of(python.get(), "-c", CHECK).with(files.toArray(String[]::new)).run(LONGEST);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out().lines())
        .hasSameSizeAs(files)
        .allMatch("17 [['rows', 4], ['rows', 4]] []"::equals);
  }

  private List<ModelVersion> versions() {
    String texts = "data={kind = text, path = none}";
    return List.of(
        version(RandomModel.ofImages(8), "backbone=mlp", "method=scpl"),
        version(
            RandomModel.ofImages(32), "backbone=vgg-small", "method=al", "al.bridge.features=grid"),
        version(
            RandomModel.ofImages(32),
            "network.blocks=[[{type = convolution, filters = 6, stride = 2}, {type ="
                + " adaptive-average-pool, side = 5}, {type = elu, alpha = 0.5}], [{type = residual,"
                + " body = [{type = convolution, filters = 6}, {type = batch-norm}]}]]"),
        version(
            RandomModel.ofTexts().withSides("title size"),
            texts,
            "backbone=text-lstm",
            "text-lstm.carry=true",
            "method=pred",
            "side.inputs=[{block = 2, field = size, join = sequence}, {block = 2, field = title, join"
                + " = sequence}]"),
        version(
            RandomModel.ofTexts(),
            texts,
            "backbone=text-transformer",
            "method=deinforeg",
            "text-transformer.positions=true"),
        version(RandomModel.ofNumbers(), "data={kind = table, path = none}", "backbone=mlp"));
  }

  private ModelVersion version(RandomModel model, String... sets) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "exit.features=pooled",
                "mlp.hidden=[20, 10]",
                "text-lstm={embedding.width = 6, units = 8, layers = 2}",
                "text-transformer={embedding.width = 6, heads = 2, feed-forward = 8, layers = 2}"));
    all.addAll(List.of(sets));
    return model.version(SmallRuns.unprepared(directory, all.toArray(String[]::new)), Exits.PLAIN);
  }
}
