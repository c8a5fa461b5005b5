package io.blockwise.job.config;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.config.hocon.Inline;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.RowShapes;
import io.blockwise.model.spec.Shape;
import io.blockwise.model.spec.assembly.Losses;
import io.blockwise.model.spec.assembly.Method;
import io.blockwise.model.spec.cut.BalancedCut;
import io.blockwise.model.spec.cut.Units;
import java.util.List;
import java.util.Optional;

/**
 * What is trained: a backbone by name or a network in full, cut and clocked by a method. Immutable.
 *
 * @param loss of every block; what it leaves out came from the section of its type
 * @param losses of every block in place of it, first to last; empty if {@code loss} is meant
 * @param lastLoss of the last block in place of it
 * @param exit of every block
 * @param lastExit of the last block where it differs
 * @param span of all blocks but the last
 * @param context of all blocks but the first
 * @param side further fields of the data set that blocks read
 */
public record NetworkSettings(
    Method method,
    @Inline BackboneSettings backbones,
    Layers network,
    @Inline CutSettings cutting,
    LossSpec loss,
    List<LossSpec> losses,
    Optional<LossSpec> lastLoss,
    ExitSettings exit,
    LastExitSettings lastExit,
    int span,
    Context context,
    SideSettings side) {
  public NetworkSettings {
    Losses trainedBy = new Losses(loss, losses, lastLoss);
    losses = trainedBy.each();
    exit.requireReadBy(trainedBy.used());
    lastExit.requireReadBy(trainedBy.ofLast(), exit);
    requireWithin("span", span, 1, 2);
    if (method == Method.BP && !cutting.cut().isEmpty()) {
      throw invalid("cut", cutting.cut(), "must be [] with method bp, which joins all blocks");
    }
    if (method == Method.BP && !side.inputs().isEmpty()) {
      throw invalid("side.inputs", "set", "must be [] with method bp, which joins all blocks");
    }
    boolean named = network.blocks().isEmpty();
    if (!cutting.isNone()) {
      cutting.requireWithin(
          units(named ? backbones.blocks() : network.blocks()).size(),
          named ? Names.of(backbones.backbone()) : "network.blocks");
    }
  }

  /** Blocks that train apart; with method {@code bp} one. */
  int blockCount() {
    if (method == Method.BP) {
      return 1;
    }
    if (cutting.isNone()) {
      return blocks().size();
    }
    return cutting.cut().isEmpty() ? cutting.blocks() : cutting.cut().size();
  }

  private Losses trainedBy() {
    return new Losses(loss, losses, lastLoss);
  }

  /** Whether it is what any library trains. */
  boolean isPlainBackpropagation() {
    return method == Method.BP
        && lastExit.spec(exit).labelSmoothing() == 0
        && Names.of(trainedBy().of(0, 1).getClass()).equals(method.loss());
  }

  /**
   * The network to train.
   *
   * @throws UserException if it does not fit the rows
   */
  NetworkSpec spec(RowShapes rows, int classes, OptimiserSpec optimiser) {
    try {
      List<Integer> cut = cut(rows.input(), classes, optimiser);
      List<List<LayerSpec>> blocks = cut.isEmpty() ? blocks() : Units.blocks(units(), cut);
      return side.in(method.network(rows.input(), classes, blocks, parts(optimiser)), rows);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  private Method.Parts parts(OptimiserSpec optimiser) {
    return new Method.Parts(
        trainedBy(),
        exit.spec(),
        lastExit.spec(exit),
        optimiser,
        span,
        context,
        exit.lookAhead(),
        exit.momentum());
  }

  /** The same with the cut that {@link #spec} makes, which so can be read and made again. */
  NetworkSettings withCut(Shape input, int classes, OptimiserSpec optimiser) {
    CutSettings made = cutting.at(cut(input, classes, optimiser));
    return new NetworkSettings(
        method, backbones, network, made, loss, losses, lastLoss, exit, lastExit, span, context,
        side);
  }

  /**
   * The layers of every block, first to last, whether the method trains them apart or joins them.
   *
   * @throws UserException if they do not fit the input
   */
  List<List<LayerSpec>> parts(Shape input, int classes, OptimiserSpec optimiser) {
    try {
      List<Integer> cut = cutApart(input, classes, optimiser);
      return cut.isEmpty() ? blocks() : Units.blocks(units(), cut);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }

  /** Units of every block; empty for the network's own blocks, and where all are one block. */
  private List<Integer> cut(Shape input, int classes, OptimiserSpec optimiser) {
    return method == Method.BP ? cutting.cut() : cutApart(input, classes, optimiser);
  }

  private List<Integer> cutApart(Shape input, int classes, OptimiserSpec optimiser) {
    if (cutting.isNone() || !cutting.cut().isEmpty()) {
      return cutting.cut();
    }
    return BalancedCut.of(
        input,
        classes,
        units(),
        cutting.blocks(),
        blocks -> apart().blocks(blocks, parts(optimiser)),
        cutting.blocksBy());
  }

  /** The method, or for backpropagation, which joins all blocks, the one with classifiers alone. */
  private Method apart() {
    return method == Method.BP ? Method.PRED : method;
  }

  private List<List<LayerSpec>> units() {
    return units(blocks());
  }

  private static List<List<LayerSpec>> units(List<List<LayerSpec>> blocks) {
    return Units.of(blocks.stream().flatMap(List::stream).toList());
  }

  private List<List<LayerSpec>> blocks() {
    return network.blocks().isEmpty() ? backbones.blocks() : network.blocks();
  }

  /**
   * A network in full. Immutable.
   *
   * @param blocks layers of every block; empty if a backbone is meant
   * @param defaults what layers in {@code blocks} left out; already in them
   */
  public record Layers(List<List<LayerSpec>> blocks, LayerDefaults defaults) {
    public Layers {
      blocks = blocks.stream().map(List::copyOf).toList();
      if (blocks.stream().anyMatch(List::isEmpty)) {
        throw invalid("network.blocks", "a block without layers", "must have at least one layer");
      }
    }
  }

  /** Fields of layers that have a default. Immutable. */
  public record LayerDefaults(
      ConvolutionDefaults convolution,
      LayerSpec.Elu elu,
      LayerSpec.LeakyRelu leakyRelu,
      LayerSpec.MaxPool maxPool,
      LayerSpec.AveragePool averagePool,
      DenseDefaults dense,
      ResidualDefaults residual) {}

  /** Fields of a convolution that have a default: all but the filters. Immutable. */
  public record ConvolutionDefaults(int kernel, int stride, int padding, boolean bias) {
    public ConvolutionDefaults {
      requireAtLeast("network.defaults.convolution.kernel", kernel, 1);
      requireAtLeast("network.defaults.convolution.stride", stride, 1);
      requireAtLeast("network.defaults.convolution.padding", padding, 0);
    }
  }

  /** Fields of a dense layer that have a default: all but the units. Immutable. */
  public record DenseDefaults(boolean bias) {}

  /** Fields of a residual layer that have a default: all but the body. Immutable. */
  public record ResidualDefaults(List<LayerSpec> shortcut) {
    public ResidualDefaults {
      shortcut = List.copyOf(shortcut);
    }
  }
}
