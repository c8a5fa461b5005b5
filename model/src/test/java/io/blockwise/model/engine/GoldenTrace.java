package io.blockwise.model.engine;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Steps of PyTorch on given batches, which an engine follows from the same start.
 *
 * @param renames of PyTorch's tensors to those of a block, block by block
 */
record GoldenTrace(String name, List<BlockSpec> specs, List<Function<String, String>> renames) {
  private static final Shape INPUT = Shape.map(3, 8, 8);

  /** Largest relative errors of all losses, and of parameters and statistics at the end. */
  record Errors(double losses, double state) {}

  Errors follow(Engine engine) {
    return follow(engine, images -> {});
  }

  /** Follows it after something was done to the images of every batch. */
  Errors follow(Engine engine, Consumer<float[]> change) {
    JsonNode golden = Golden.open(name).json();
    List<Block> blocks = blocks(engine, golden.get("start"));
    double rate = golden.get("optimiser").get("lr").asDouble();
    double losses = 0;
    for (int step = 0; step < golden.get("losses").size(); step++) {
      Batch batch = batch(golden.get("batches").get(step % 3));
      change.accept(batch.inputs());
      List<StepResult> results = step(engine, blocks, batch, rate);
      for (int k = 0; k < blocks.size(); k++) {
        JsonNode expected = golden.get("losses").get(step).get(k);
        losses = Math.max(losses, lossError(results.get(k), expected));
      }
    }
    double state = 0;
    for (int k = 0; k < blocks.size(); k++) {
      state = Math.max(state, stateError(blocks.get(k), golden.get("final"), renames.get(k)));
    }
    blocks.forEach(Block::close);
    return new Errors(losses, state);
  }

  private List<Block> blocks(Engine engine, JsonNode start) {
    List<Block> blocks = new ArrayList<>();
    List<Border> borders = new NetworkSpec(INPUT, 3, specs).borders();
    for (int k = 0; k < specs.size(); k++) {
      blocks.add(engine.block(specs.get(k), borders.get(k), 3, new SplittableRandom(k)));
    }
    for (int k = 0; k < specs.size() - 1; k++) {
      blocks.get(k).before(blocks.get(k + 1));
    }
    for (int k = 0; k < specs.size(); k++) {
      Block block = blocks.get(k);
      block.adopt(
          StateKind.PARAMETERS, States.vector(block.parameters(), renamed(start, renames.get(k))));
    }
    blocks.forEach(StateKind::beginOwn);
    return blocks;
  }

  private static Batch batch(JsonNode json) {
    float[] x = Golden.floats(json.get("x"));
    int[] y = Golden.ints(json.get("y"));
    Batch batch = new Batch(INPUT, y.length);
    System.arraycopy(x, 0, batch.inputs(), 0, x.length);
    System.arraycopy(y, 0, batch.labels(), 0, y.length);
    batch.rows(y.length);
    return batch;
  }

  private static List<StepResult> step(
      Engine engine, List<Block> blocks, Batch batch, double rate) {
    List<Step> steps = new ArrayList<>();
    Signal signal = engine.signal(batch);
    for (Block block : blocks) {
      Step step = block.train(signal, rate);
      completeLast(steps);
      steps.add(step);
      signal.close();
      signal = step.output();
    }
    completeLast(steps);
    signal.close();
    blocks.forEach(Block::follow);
    return steps.stream().map(Step::result).toList();
  }

  private static void completeLast(List<Step> steps) {
    if (!steps.isEmpty()) {
      steps.get(steps.size() - 1).complete();
    }
  }

  private static double lossError(StepResult result, JsonNode expected) {
    if (expected.isNumber()) {
      return Math.abs(result.loss() - expected.asDouble()) / expected.asDouble();
    }
    double error = 0;
    for (LossTerm term : result.losses()) {
      String name = term.name().replace('-', '_');
      if (!term.inObjective() && !expected.has(name)) {
        continue; // what is only looked at is not in every trace
      }
      double reference = expected.get(name).asDouble();
      error = Math.max(error, Math.abs(term.value() - reference) / reference);
    }
    return error;
  }

  private static double stateError(Block block, JsonNode last, Function<String, String> rename) {
    Map<String, JsonNode> expected = new HashMap<>();
    last.fields()
        .forEachRemaining(field -> expected.put(rename.apply(field.getKey()), field.getValue()));
    Map<String, float[]> found =
        new HashMap<>(States.tensors(block.parameters(), States.read(block, StateKind.PARAMETERS)));
    found.putAll(States.tensors(block.statistics(), States.read(block, StateKind.STATISTICS)));
    double error = 0;
    for (Map.Entry<String, float[]> tensor : found.entrySet()) {
      error = Math.max(error, Golden.error(tensor.getValue(), expected.get(tensor.getKey())));
    }
    return error;
  }

  private static Map<String, float[]> renamed(JsonNode tensors, Function<String, String> rename) {
    Map<String, float[]> renamed = new HashMap<>();
    tensors
        .fields()
        .forEachRemaining(
            field -> renamed.put(rename.apply(field.getKey()), Golden.floats(field.getValue())));
    return renamed;
  }
}
