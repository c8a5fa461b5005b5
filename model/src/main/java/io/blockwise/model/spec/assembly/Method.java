package io.blockwise.model.spec.assembly;

import static io.blockwise.base.Checks.invalid;

import io.blockwise.base.Names;
import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.Momentum;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** How a network is trained: what it takes to turn the layers of its blocks into blocks. */
public enum Method {
  /** Plain backpropagation: one block that holds all layers, with cross-entropy. */
  BP(LossSpec.CrossEntropy.class),
  /** Supervised contrastive loss per block, with a probe as exit. */
  SCPL(LossSpec.Scpl.class),
  /** Cross-entropy of every block's own classifier. */
  PRED(LossSpec.CrossEntropy.class),
  /** Associated learning: blocks learn targets of each other, from the labels on. */
  AL(AlSpec.class),
  /** Similarity matching and cross-entropy of every block's own classifier. */
  PREDSIM(LossSpec.PredSim.class),
  /** Invariance, variance and covariance of every block's embeddings, and a cross-entropy. */
  DEINFOREG(DeInfoRegSpec.class);

  private final Class<? extends LossSpec> loss;

  Method(Class<? extends LossSpec> loss) {
    this.loss = loss;
  }

  /** Name of the loss that blocks are trained by unless another is chosen. */
  public String loss() {
    return Names.of(loss);
  }

  /**
   * The method of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Method parse(String name) {
    return Names.parse("method", Method.class, name);
  }

  /**
   * A network trained by this method.
   *
   * @param input shape of one example
   * @param classes at least 2
   * @param blocks the layers of every block, first to last; {@code bp} joins them into one block
   * @throws IllegalArgumentException if a layer does not fit the shape it reads, something needs
   *     more blocks than there are or exits that no block has or learns by, or there are not as
   *     many losses as blocks
   */
  public NetworkSpec network(Shape input, int classes, List<List<LayerSpec>> blocks, Parts parts) {
    return new NetworkSpec(input, classes, blocks(blocks, parts));
  }

  /**
   * Its blocks, of which nobody has looked whether they fit each other.
   *
   * @param blocks the layers of every block, first to last
   * @throws IllegalArgumentException if something needs more blocks than there are or exits that no
   *     loss has, or there are not as many losses as blocks
   */
  public List<BlockSpec> blocks(List<List<LayerSpec>> blocks, Parts parts) {
    List<List<LayerSpec>> cut =
        this == BP ? List.of(blocks.stream().flatMap(List::stream).toList()) : blocks;
    if (cut.size() == 1) {
      requireNothingOfOthers(parts);
    }
    List<LossSpec> losses =
        IntStream.range(0, cut.size()).mapToObj(k -> parts.losses().of(k, cut.size())).toList();
    requireTeachers(losses.subList(0, cut.size() - 1), parts);
    List<ExitSpec> exits = exits(cut, losses, parts);
    List<BlockSpec> specs = new ArrayList<>();
    for (List<LayerSpec> layers : cut) {
      int span = specs.size() < cut.size() - 1 ? parts.span() : 1;
      Context context = specs.isEmpty() ? Context.NONE : parts.context();
      ExitSpec exit = exits.get(specs.size());
      LossSpec its = losses.get(specs.size());
      Momentum momentum =
          its.exitTrainsBlock() ? momentum(cut, specs.size(), parts) : Momentum.NONE;
      specs.add(
          new BlockSpec(layers, its, exit, parts.optimiser(), span, context, momentum, List.of()));
    }
    return specs;
  }

  /** Probes do not look ahead. */
  private static List<ExitSpec> exits(
      List<List<LayerSpec>> blocks, List<LossSpec> losses, Parts parts) {
    List<ExitSpec> exits =
        new ArrayList<>(parts.lookAhead().exits(blocks, parts.exit(), parts.lastExit()));
    for (int k = 0; k < blocks.size() - 1; k++) {
      if (!losses.get(k).exitTrainsBlock()) {
        exits.set(k, parts.exit());
      }
    }
    return exits;
  }

  private static void requireNothingOfOthers(Parts parts) {
    if (parts.span() > 1) {
      throw invalid(
          "span", parts.span(), "must be 1 for a network of one block, as no loss follows");
    }
    if (parts.context() != Context.NONE) {
      throw invalid(
          "context",
          parts.context(),
          "must be none for a network of one block, which reads the image itself");
    }
    if (parts.momentum() > 0) {
      throw invalid(
          "exit.momentum",
          parts.momentum(),
          "must be 0 for a network of one block, which none follows");
    }
  }

  /** What is to teach blocks by their exits has an exit by which one learns. */
  private static void requireTeachers(List<LossSpec> butLast, Parts parts) {
    if (butLast.isEmpty() || butLast.stream().anyMatch(LossSpec::exitTrainsBlock)) {
      return;
    }
    String rule = LossSpec.withoutTeachers("0", butLast);
    if (parts.lookAhead().depth() > 0) {
      throw invalid("exit.look-ahead.depth", parts.lookAhead().depth(), rule);
    }
    if (parts.momentum() > 0) {
      throw invalid("exit.momentum", parts.momentum(), rule);
    }
  }

  private static Momentum momentum(List<List<LayerSpec>> blocks, int block, Parts parts) {
    boolean last = block == blocks.size() - 1;
    if (last || parts.momentum() == 0) {
      return Momentum.NONE;
    }
    if (parts.lookAhead().depth() > 0) {
      throw invalid(
          "exit.momentum", parts.momentum(), "must be 0 with exit.look-ahead.depth above 0");
    }
    return new Momentum(Unit.first(blocks.get(block + 1)), parts.momentum());
  }

  /**
   * What every block is given beside its layers. Immutable.
   *
   * @param exit of all blocks but the last
   * @param span of all blocks but the last, which has span 1
   * @param context of all blocks but the first, which has none
   * @param lookAhead of all exits but the last block's by which their blocks learn
   * @param momentum of the same exits' slow copies; 0 for none
   */
  public record Parts(
      Losses losses,
      ExitSpec exit,
      ExitSpec lastExit,
      OptimiserSpec optimiser,
      int span,
      Context context,
      LookAhead lookAhead,
      double momentum) {
    /** Of blocks with one exit and one loss for all, which alone trains them. */
    public Parts(LossSpec loss, ExitSpec exit, OptimiserSpec optimiser) {
      this(Losses.of(loss), exit, exit, optimiser, 1, Context.NONE, LookAhead.NONE, 0);
    }
  }
}
