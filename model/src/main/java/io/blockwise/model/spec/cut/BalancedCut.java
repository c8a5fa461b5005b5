package io.blockwise.model.spec.cut;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts units into blocks so that the most expensive block is as cheap as can be, and among such
 * cuts the sum of the squared costs is least; of equal ones, the one whose last blocks are longest.
 * Heads and exits count. The same units give the same cut on every machine. Used by one thread.
 */
public final class BalancedCut {
  private final Shape input;
  private final int classes;
  private final Blocks blocks;
  private final List<Shape> shapes = new ArrayList<>();
  private final double[] bodies;
  private final Cost.Measure measure;
  private final Map<List<Integer>, Double> heads = new HashMap<>();

  /** Makes blocks of units. */
  public interface Blocks {
    /**
     * Block {@code k}, counted from 0, of the units from {@code from} on to {@code to}, which is
     * not among them. Its loss and exit may depend on {@code k} and {@code to}, not on {@code
     * from}.
     */
    BlockSpec of(int k, int from, int to);
  }

  private BalancedCut(
      Shape input, int classes, List<List<LayerSpec>> units, Blocks blocks, Cost.Measure measure) {
    this.input = input;
    this.classes = classes;
    this.blocks = blocks;
    this.measure = measure;
    bodies = new double[units.size() + 1];
    shapes.add(input);
    for (int i = 0; i < units.size(); i++) {
      ModuleSpec body = body(shapes.get(i), units.get(i));
      bodies[i + 1] = bodies[i] + Cost.of(List.of(body)).by(measure);
      shapes.add(body.output());
    }
  }

  private static ModuleSpec body(Shape input, List<LayerSpec> layers) {
    return new ModuleSpec(
        input,
        layers.stream().map(layer -> new ModuleSpec.Part(BlockSpec.LAYERS, layer, false)).toList());
  }

  /**
   * The number of units of every block, first to last, each at least 1.
   *
   * @param count of blocks, from 1 to the number of units
   * @throws IllegalArgumentException if a layer or a loss cannot read what comes to it
   */
  public static List<Integer> of(
      Shape input,
      int classes,
      List<List<LayerSpec>> units,
      int count,
      Blocks blocks,
      Cost.Measure measure) {
    return new BalancedCut(input, classes, units, blocks, measure).cut(count);
  }

  private List<Integer> cut(int count) {
    int[][] begins = new int[count + 1][bodies.length];
    double most = fold(Double.POSITIVE_INFINITY, Math::max, begins);
    fold(most, (before, cost) -> before + cost * cost, begins);
    List<Integer> cut = new ArrayList<>();
    for (int k = count, to = bodies.length - 1; k > 0; k--) {
      cut.add(to - begins[k][to]);
      to = begins[k][to];
    }
    Collections.reverse(cut);
    return cut;
  }

  /** Adds a block to what those before it come to. */
  private interface Join {
    double of(double before, double cost);
  }

  /**
   * The least that blocks come to none of which costs more than {@code most}.
   *
   * @param begins set to where the last of so many blocks begins, by the unit that it ends before
   */
  private double fold(double most, Join join, int[][] begins) {
    double[] best = new double[bodies.length];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    best[0] = 0;
    for (int k = 1; k < begins.length; k++) {
      double[] next = new double[best.length];
      Arrays.fill(next, Double.POSITIVE_INFINITY);
      for (int to = k; to < next.length; to++) {
        for (int from = k - 1; from < to; from++) {
          double cost = cost(k - 1, from, to);
          double sum = cost > most ? Double.POSITIVE_INFINITY : join.of(best[from], cost);
          if (sum < next[to]) {
            next[to] = sum;
            begins[k][to] = from;
          }
        }
      }
      best = next;
    }
    return best[best.length - 1];
  }

  private double cost(int k, int from, int to) {
    return bodies[to] - bodies[from] + heads.computeIfAbsent(List.of(k, to), key -> heads(k, to));
  }

  private double heads(int k, int to) {
    BlockSpec last = blocks.of(k, to - 1, to); // what its loss adds depends on the end alone
    Map<String, ModuleSpec> modules = new HashMap<>(last.modules(border(k, to - 1), classes));
    modules.remove(BlockSpec.LAYERS);
    return Cost.of(modules.values()).by(measure);
  }

  /** What a block reads: the first block's loss makes the target of all later ones, if any does. */
  private Border border(int k, int from) {
    Border border = Border.of(shapes.get(from));
    Border first = k == 0 ? border : blocks.of(0, 0, 1).output(Border.of(input), classes);
    return first.target().map(border::withTarget).orElse(border);
  }
}
