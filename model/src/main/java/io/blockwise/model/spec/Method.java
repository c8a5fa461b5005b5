package io.blockwise.model.spec;

import io.blockwise.base.Names;
import java.util.List;

/** How a network is trained: what it takes to turn the layers of its blocks into blocks. */
public enum Method {
  /** Plain backpropagation: one block that holds all layers, with cross-entropy. */
  BP(LossSpec.CrossEntropy.class),
  /** Supervised contrastive loss per block, with a probe as exit. */
  SCPL(LossSpec.Scpl.class),
  /** Cross-entropy of every block's own classifier. */
  PRED(LossSpec.CrossEntropy.class),
  /** Similarity matching and cross-entropy of every block's own classifier. */
  PREDSIM(LossSpec.PredSim.class);

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
   * @throws IllegalArgumentException if there is none, or only in a later version
   */
  public static Method parse(String name) {
    return Names.parse("method", Method.class, name, "al", "deinforeg");
  }

  /**
   * A network trained by this method.
   *
   * @param input shape of one example
   * @param classes at least 2
   * @param blocks the layers of every block, first to last; {@code bp} joins them into one block
   * @throws IllegalArgumentException if a layer does not fit the shape it reads
   */
  public NetworkSpec network(Shape input, int classes, List<List<LayerSpec>> blocks, Parts parts) {
    List<List<LayerSpec>> cut =
        this == BP ? List.of(blocks.stream().flatMap(List::stream).toList()) : blocks;
    return new NetworkSpec(
        input,
        classes,
        cut.stream()
            .map(layers -> new BlockSpec(layers, parts.loss(), parts.exit(), parts.optimiser()))
            .toList());
  }

  /** What every block is given beside its layers. Immutable. */
  public record Parts(LossSpec loss, ExitSpec exit, OptimiserSpec optimiser) {}
}
