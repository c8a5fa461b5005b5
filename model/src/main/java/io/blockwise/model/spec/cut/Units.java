package io.blockwise.model.spec.cut;

import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.ArrayList;
import java.util.List;

/**
 * The pieces that blocks are made of. A unit is a convolution, a dense or a residual layer, an
 * embedding, an LSTM or an attention, with all that follows it: norm, activation and pool. What
 * turns a map into a vector belongs to the unit behind it, so that a block never ends with a map
 * that was flattened for the next one's sake. Each unit but the first begins so; whatever comes
 * before that is part of the first.
 */
public final class Units {
  private Units() {}

  /**
   * The units of layers, in order: put together they are the layers again.
   *
   * @param layers of a whole network, at least one
   */
  public static List<List<LayerSpec>> of(List<LayerSpec> layers) {
    List<List<LayerSpec>> units = new ArrayList<>(List.of(new ArrayList<>()));
    boolean complete = false; // whether there is what makes the last unit one
    for (LayerSpec layer : layers) {
      if (complete && (isCore(layer) || flattens(layer))) {
        units.add(new ArrayList<>());
        complete = false;
      }
      units.get(units.size() - 1).add(layer);
      complete = complete || isCore(layer);
    }
    if (!complete && units.size() > 1) { // nothing reads what was flattened
      List<LayerSpec> rest = units.remove(units.size() - 1);
      units.get(units.size() - 1).addAll(rest);
    }
    return units.stream().map(List::copyOf).toList();
  }

  /** The layers of blocks in order, cut into as many of these units each. */
  public static List<List<LayerSpec>> blocks(List<List<LayerSpec>> units, List<Integer> cut) {
    List<List<LayerSpec>> blocks = new ArrayList<>();
    int from = 0;
    for (int count : cut) {
      blocks.add(units.subList(from, from + count).stream().flatMap(List::stream).toList());
      from += count;
    }
    return blocks;
  }

  private static boolean isCore(LayerSpec layer) {
    return layer instanceof LayerSpec.Convolution
        || layer instanceof LayerSpec.Dense
        || layer instanceof LayerSpec.Residual
        || layer instanceof TextLayers.Embedding
        || layer instanceof TextLayers.Lstm
        || layer instanceof TextLayers.Attention;
  }

  private static boolean flattens(LayerSpec layer) {
    return layer instanceof LayerSpec.Flatten
        || layer instanceof LayerSpec.GlobalAveragePool
        || layer instanceof TextLayers.FinalStates;
  }
}
