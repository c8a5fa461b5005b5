package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.ScheduleSpec;
import io.blockwise.model.spec.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What similarity matching computes in its authors' form for maps, behind a convolution (methods
 * 2e); a subclass per engine runs the whole suite. The values are of src/test/python/similarity.py.
 */
public abstract class SimilarityContract {
  private static final double IN_FLOAT = 2e-5;
  private static final double AT_A_TRACES_END = 2e-5;
  private static final ScheduleSpec CONSTANT = new ScheduleSpec.Constant();
  private static final OptimiserSpec MOMENTUM = new OptimiserSpec.Sgd(0.1, 0.9, 0, 0, CONSTANT);
  private static final OptimiserSpec ADAM =
      new OptimiserSpec.Adam(0.01, 0.9, 0.999, 1e-8, 0, 0, CONSTANT);

  protected abstract Engine engine();

  /** Of many channels, of three, and of one position, each of which is compared in another way. */
  @Test
  void termsAndGradientsOfMapsMatchPyTorch() {
    JsonNode cases = Golden.open("predsim_convolution").json().get("cases");
    assertThat(cases).hasSize(4);
    cases.forEach(this::assertCase);
  }

  /** The optimiser's momentum after a first step is the gradient. */
  private void assertCase(JsonNode golden) {
    JsonNode sizes = golden.get("x").get("shape");
    Shape input = Shape.map(sizes.get(1).asInt(), sizes.get(2).asInt(), sizes.get(3).asInt());
    int filters = golden.get("params").get("conv.weight").get("shape").get(0).asInt();
    String what = "predsim_convolution " + filters + " channels of " + input;
    BlockSpec spec = block(List.of(convolution(filters)), golden.get("beta").asDouble(), MOMENTUM);
    Engine engine = engine();
    try (Block block = engine.block(spec, Border.of(input), 3, new SplittableRandom(1));
        Signal in = engine.signal(batch(golden, input))) {
      block.adopt(
          StateKind.PARAMETERS, States.vector(block.parameters(), tensors(golden.get("params"))));
      StepResult result = SmallBlocks.train(block, in, 0.1);
      assertThat(result.losses()).hasSize(2);
      for (LossTerm term : result.losses()) {
        double expected = golden.get("terms").get(term.name()).asDouble();
        report(what + " " + term.name(), Math.abs(term.value() - expected) / expected);
      }
      assertGradients(what, block, golden.get("dparams"));
    }
  }

  private static void assertGradients(String what, Block block, JsonNode golden) {
    Map<String, float[]> found =
        States.tensors(block.parameters(), States.read(block, StateKind.OPTIMISER));
    assertThat(found).hasSize(golden.size());
    golden
        .fields()
        .forEachRemaining(
            tensor ->
                report(
                    what + " d" + tensor.getKey(),
                    Golden.error(found.get(ours(tensor.getKey())), tensor.getValue())));
  }

  private static void report(String what, double error) {
    System.out.printf("golden %s: %.1e%n", what, error);
    assertThat(error).as(what).isLessThan(IN_FLOAT);
  }

  /** The last block's map has one position. */
  @Test
  void trainingFollowsPyTorchsTrace() {
    List<BlockSpec> specs =
        IntStream.of(4, 5, 6).mapToObj(filters -> block(stage(filters), 0.9, ADAM)).toList();
    List<Function<String, String>> renames =
        IntStream.rangeClosed(1, 3).mapToObj(SimilarityContract::rename).toList();
    GoldenTrace.Errors errors = new GoldenTrace("trace_predsim", specs, renames).follow(engine());
    System.out.printf(
        "golden trace_predsim losses %.1e state %.1e%n", errors.losses(), errors.state());
    assertThat(errors.losses()).isLessThan(AT_A_TRACES_END);
    assertThat(errors.state()).isLessThan(AT_A_TRACES_END);
  }

  private static Function<String, String> rename(int block) {
    String prefix = "block-" + block + ".";
    return tensor -> tensor.startsWith(prefix) ? ours(tensor.substring(prefix.length())) : tensor;
  }

  private static String ours(String tensor) {
    return tensor
        .replace("conv.", "layers.0.")
        .replace("bn.", "layers.1.")
        .replace("head.", "head.0.");
  }

  private static Map<String, float[]> tensors(JsonNode golden) {
    Map<String, float[]> tensors = new HashMap<>();
    golden
        .fields()
        .forEachRemaining(
            tensor -> tensors.put(ours(tensor.getKey()), Golden.floats(tensor.getValue())));
    return tensors;
  }

  private static Batch batch(JsonNode golden, Shape input) {
    int[] labels = Golden.ints(golden.get("y"));
    float[] x = Golden.floats(golden.get("x"));
    Batch batch = new Batch(input, labels.length);
    System.arraycopy(x, 0, batch.inputs(), 0, x.length);
    System.arraycopy(labels, 0, batch.labels(), 0, labels.length);
    batch.rows(labels.length);
    return batch;
  }

  private static BlockSpec block(List<LayerSpec> layers, double beta, OptimiserSpec optimiser) {
    HeadSpec head = new HeadSpec(HeadSpec.Kind.CONVOLUTION, Features.POOLED, 1, 1);
    return new BlockSpec(
        layers, new LossSpec.PredSim(beta, head), new ExitSpec(Features.POOLED), optimiser);
  }

  private static List<LayerSpec> stage(int filters) {
    return List.of(
        convolution(filters),
        new LayerSpec.BatchNorm(),
        new LayerSpec.Relu(),
        new LayerSpec.MaxPool(2, 2));
  }

  private static LayerSpec convolution(int filters) {
    return new LayerSpec.Convolution(filters, 3, 1, 1, false);
  }
}
