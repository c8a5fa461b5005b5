package io.blockwise.job.features;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.device.Engines;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.NetworkSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a network that was trained as one block has the borders of other methods' blocks: the same
 * layers with the same values as several blocks, whose outputs can be read (methods 2j: "the same
 * layer positions"). The exits of these blocks were never trained. Immutable.
 */
record InnerBorders(NetworkSpec cut) {
  /**
   * Those of a network, if it is one block of these layers.
   *
   * @param between gives the layers between borders, first to last; not asked of several blocks
   */
  static Optional<InnerBorders> of(NetworkSpec network, Supplier<List<List<LayerSpec>>> between) {
    if (network.blocks().size() > 1) {
      return Optional.empty();
    }
    List<List<LayerSpec>> parts = between.get();
    List<LayerSpec> whole = network.blocks().get(0).layers();
    boolean same = parts.stream().flatMap(List::stream).toList().equals(whole);
    return parts.size() == 1 || !same
        ? Optional.empty()
        : Optional.of(new InnerBorders(network.cut(parts)));
  }

  /** The network of several blocks with the values of the whole one; to be closed. */
  DecoupledNetwork network(EngineChoice engine, Block whole) {
    DecoupledNetwork network = new DecoupledNetwork(Engines.create(engine), cut, 0);
    try {
      List<TensorTable> parameters = network.blocks().stream().map(Block::parameters).toList();
      List<TensorTable> statistics = network.blocks().stream().map(Block::statistics).toList();
      adopt(network, StateKind.PARAMETERS, whole, parameters);
      adopt(network, StateKind.STATISTICS, whole, statistics);
      return network;
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** Layers come first in a block's vectors, in their order. */
  private static void adopt(
      DecoupledNetwork network, StateKind kind, Block whole, List<TensorTable> tables) {
    float[] from = new float[whole.length(kind)];
    whole.read(kind, from);
    int at = 0;
    for (int k = 0; k < tables.size(); k++) {
      Block part = network.blocks().get(k);
      float[] into = new float[part.length(kind)];
      part.read(kind, into);
      int layers = tables.get(k).length(BlockSpec.LAYERS);
      System.arraycopy(from, at, into, 0, layers);
      part.adopt(kind, into);
      at += layers;
    }
  }
}
