package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;

import io.blockwise.base.Names;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A decoupled network: blocks in order, numbered from 1 wherever a number is shown.
 *
 * <p>Always true: at least one block, at least two classes, every layer and loss fits the shape it
 * reads, blocks that answer by targets come first, the last block has span 1 and the first one no
 * context, and no block with momentum comes before one with context. Immutable.
 *
 * @param input shape of one example
 * @param classes number of classes
 * @param blocks first to last
 */
public record NetworkSpec(Shape input, int classes, List<BlockSpec> blocks)
    implements Serializable {
  public NetworkSpec {
    blocks = List.copyOf(blocks);
    requireAtLeast("classes", classes, 2);
    requireAtLeast("network.blocks", blocks.size(), 1);
    requireLastOfSpan1(blocks);
    requireFirstWithoutContext(blocks);
    requireSides(blocks);
    requireLastWithoutMomentum(blocks);
    requireNoContextBehindMomentum(blocks);
    requireCarriedStates(blocks);
    requireWeights(classes, blocks);
    borders(input, classes, blocks);
  }

  /**
   * A linear classifier of vectors: one block of a batch norm, which leaves it linear, with an exit
   * under cross-entropy.
   *
   * @param width of the vectors
   */
  public static NetworkSpec linear(int width, int classes, OptimiserSpec optimiser) {
    BlockSpec block =
        new BlockSpec(
            List.of(new LayerSpec.BatchNorm()),
            new LossSpec.CrossEntropy(),
            new ExitSpec(Features.FLAT),
            optimiser);
    return new NetworkSpec(Shape.vector(width), classes, List.of(block));
  }

  /**
   * The layers of its one block as several blocks, each with the smallest exit there is under
   * cross-entropy.
   *
   * @param parts layers of every block, first to last
   * @throws IllegalArgumentException if together they are not the layers of one block
   */
  public NetworkSpec cut(List<List<LayerSpec>> parts) {
    BlockSpec whole = blocks.get(0);
    if (blocks.size() > 1
        || !parts.stream().flatMap(List::stream).toList().equals(whole.layers())) {
      throw invalid("parts", parts.size(), "must have the layers of the network's one block");
    }
    ExitSpec exit = new ExitSpec(Features.POOLED);
    List<BlockSpec> cut =
        parts.stream()
            .map(
                layers ->
                    new BlockSpec(layers, new LossSpec.CrossEntropy(), exit, whole.optimiser()))
            .toList();
    return new NetworkSpec(input, classes, cut);
  }

  /**
   * The same network with other optimisers.
   *
   * @param optimisers one per block
   */
  public NetworkSpec withOptimisers(List<OptimiserSpec> optimisers) {
    List<BlockSpec> others =
        IntStream.range(0, blocks.size())
            .mapToObj(k -> blocks.get(k).with(optimisers.get(k)))
            .toList();
    return new NetworkSpec(input, classes, others);
  }

  /**
   * The same network, in whose cross-entropies rows count by their class.
   *
   * @param weights one per class, above 0; equal ones change nothing
   */
  public NetworkSpec weighing(List<Double> weights) {
    List<BlockSpec> weighed = blocks.stream().map(block -> block.weighing(weights)).toList();
    return new NetworkSpec(input, classes, weighed);
  }

  private static void requireWeights(int classes, List<BlockSpec> blocks) {
    for (BlockSpec block : blocks) {
      int weights = block.exit().classWeights().size();
      if (weights != 0 && weights != classes) {
        throw invalid("class weights", weights, "must be one for each of " + classes + " classes");
      }
    }
  }

  private static void requireLastOfSpan1(List<BlockSpec> blocks) {
    int last = blocks.get(blocks.size() - 1).span();
    if (last != 1) {
      throw invalid(
          "span",
          last,
          "must be 1 for the last block, block " + blocks.size() + ", as no loss follows");
    }
  }

  private static void requireLastWithoutMomentum(List<BlockSpec> blocks) {
    Momentum last = blocks.get(blocks.size() - 1).momentum();
    if (last.exists()) {
      throw invalid(
          "exit.momentum", last.rate(), "must be 0 for the last block, which none follows");
    }
  }

  /** What begins with the states of the one before it has as many units. */
  private static void requireCarriedStates(List<BlockSpec> blocks) {
    int before = 0;
    for (BlockSpec block : blocks) {
      for (LayerSpec layer : block.layers()) {
        if (layer instanceof TextLayers.Lstm lstm && lstm.carry()) {
          if (before != 0 && before != lstm.units()) {
            throw invalid(
                "lstm.units",
                lstm.units(),
                "must be "
                    + before
                    + " as before it, whose states it begins with (or set carry = false)");
          }
          before = lstm.units();
        }
      }
    }
  }

  /**
   * The first layers of such a block know its input with the image, and the exit has it without.
   */
  private static void requireNoContextBehindMomentum(List<BlockSpec> blocks) {
    for (int k = 1; k < blocks.size(); k++) {
      Momentum before = blocks.get(k - 1).momentum();
      Context context = blocks.get(k).context();
      if (before.exists() && (context != Context.NONE || !blocks.get(k).sides().isEmpty())) {
        throw invalid(
            "exit.momentum",
            before.rate(),
            "must be 0 with "
                + (context == Context.NONE ? "side.inputs" : "context " + Names.of(context))
                + ", as the next block's first layers then read more than the exit does");
      }
    }
  }

  private static void requireFirstWithoutContext(List<BlockSpec> blocks) {
    Context first = blocks.get(0).context();
    if (first != Context.NONE) {
      throw invalid(
          "context", first, "must be none for the first block, which reads the image itself");
    }
  }

  /**
   * Rows without a field are answered before it is read, and so by another block than the first.
   */
  private static void requireSides(List<BlockSpec> blocks) {
    Map<String, Shape> shapes = new HashMap<>();
    for (int k = 0; k < blocks.size(); k++) {
      for (SideInput side : blocks.get(k).sides()) {
        if (k == 0) {
          throw invalid(
              "side.inputs.block",
              1,
              "must be from 2 on: the first block reads the data's own field");
        }
        if (blocks.get(k - 1).span() > 1) {
          throw invalid("span", blocks.get(k - 1).span(), "must be 1 with side.inputs");
        }
        Shape before = shapes.putIfAbsent(side.field(), side.shape());
        if (before != null && !before.equals(side.shape())) {
          throw invalid("side.inputs.field", side.field(), "is " + side.shape() + " and " + before);
        }
      }
    }
  }

  /** Shapes of the further fields that blocks read, by name, in the order of the blocks. */
  public Map<String, Shape> sides() {
    Map<String, Shape> sides = new LinkedHashMap<>();
    blocks.forEach(block -> block.sides().forEach(side -> sides.put(side.field(), side.shape())));
    return sides;
  }

  /**
   * How many of the first blocks can answer rows that have these further fields and no others.
   *
   * @param fields names; what no block reads does not matter
   */
  public int reach(Set<String> fields) {
    for (int k = 0; k < blocks.size(); k++) {
      if (!blocks.get(k).sides().stream().map(SideInput::field).allMatch(fields::contains)) {
        return k;
      }
    }
    return blocks.size();
  }

  /**
   * The same network, of which a block reads further fields.
   *
   * @param block from 1
   * @throws io.blockwise.base.InvalidValueException if there is no such block
   * @throws IllegalArgumentException if it cannot read them
   */
  public NetworkSpec with(int block, List<SideInput> sides) {
    if (block < 1 || block > blocks.size()) {
      throw invalid("side.inputs.block", block, "must be from 2 to " + blocks.size());
    }
    List<BlockSpec> others = new ArrayList<>(blocks);
    others.set(block - 1, blocks.get(block - 1).with(sides));
    return new NetworkSpec(input, classes, others);
  }

  /** How far gradients go. */
  public Locality locality() {
    return Locality.of(blocks);
  }

  /** What every block reads, and behind the last one what that hands on. */
  public List<Border> borders() {
    return borders(input, classes, blocks);
  }

  private static List<Border> borders(Shape input, int classes, List<BlockSpec> blocks) {
    boolean image = blocks.stream().anyMatch(block -> block.context() == Context.IMAGE);
    List<Border> borders = new ArrayList<>();
    borders.add(image ? Border.ofImage(input) : Border.of(input));
    for (int k = 0; k < blocks.size(); k++) {
      requireTarget(blocks, k);
      try {
        borders.add(blocks.get(k).output(borders.get(k), classes));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "Cannot build block "
                + (k + 1)
                + " for input "
                + input
                + ": "
                + e.getMessage()
                + " (choose another backbone or loss, or data of another shape)",
            e);
      }
    }
    return borders;
  }

  /** Blocks that answer by targets have each other's decoders, so none of another loss between. */
  private static void requireTarget(List<BlockSpec> blocks, int k) {
    if (k == 0
        || !blocks.get(k).loss().answersByTargets()
        || blocks.get(k - 1).loss().answersByTargets()) {
      return;
    }
    throw new IllegalArgumentException(
        "Cannot build block "
            + (k + 1)
            + " with loss "
            + name(blocks.get(k))
            + ": block "
            + k
            + " has loss "
            + name(blocks.get(k - 1))
            + " and hands on no target (give the first blocks loss "
            + name(blocks.get(k))
            + ", and others those behind them)");
  }

  private static String name(BlockSpec block) {
    return Names.of(block.loss().getClass());
  }
}
