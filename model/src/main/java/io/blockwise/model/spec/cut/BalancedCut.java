package io.blockwise.model.spec.cut;

import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.Context;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Cuts units into blocks so that the most expensive block is as cheap as can be, and among such
 * cuts the sum of the squared costs is least; of equal ones, the one whose last blocks are longest.
 * All that a block has counts: heads, exits with what they look ahead by, and what it reads of the
 * image. The same units give the same cut on every machine. Used by one thread.
 */
public final class BalancedCut {
  private final Shape input;
  private final int classes;
  private final List<List<LayerSpec>> units;
  private final int count;
  private final Blocks blocks;
  private final List<Shape> shapes = new ArrayList<>();
  private final double[] bodies;
  private final Cost.Measure measure;
  private final Map<List<Integer>, Double> others = new HashMap<>();
  private final Map<Integer, Double> contexts = new HashMap<>();

  /** Why the first of the blocks that cannot be is none. */
  private Optional<IllegalArgumentException> refusal = Optional.empty();

  /** Makes blocks of layers. */
  public interface Blocks {
    /**
     * The blocks of a cut. What a block has beside its layers may depend on its number, on where it
     * ends and on what follows there, and whether it reads the image on its number.
     *
     * @param cut the layers of every block, first to last
     * @throws IllegalArgumentException if one cannot be
     */
    List<BlockSpec> of(List<List<LayerSpec>> cut);
  }

  private BalancedCut(
      Shape input,
      int classes,
      List<List<LayerSpec>> units,
      int count,
      Blocks blocks,
      Cost.Measure measure) {
    this.input = input;
    this.classes = classes;
    this.units = units;
    this.count = count;
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
   * The number of units of every block, first to last, each at least 1. A block that cannot be, as
   * nothing can read what stands at its end, is in no cut.
   *
   * @param count of blocks, from 1 to the number of units
   * @throws IllegalArgumentException if a layer cannot read what comes to it, or every cut has a
   *     block that cannot be
   */
  public static List<Integer> of(
      Shape input,
      int classes,
      List<List<LayerSpec>> units,
      int count,
      Blocks blocks,
      Cost.Measure measure) {
    return new BalancedCut(input, classes, units, count, blocks, measure).cut();
  }

  private List<Integer> cut() {
    int[][] begins = new int[count + 1][bodies.length];
    double most = fold(Double.POSITIVE_INFINITY, Math::max, begins);
    if (Double.isInfinite(most)) {
      throw refusal.orElseThrow();
    }
    fold(most, (before, cost) -> before + cost * cost, begins);
    List<Integer> cut = new ArrayList<>();
    for (int k = count, to = units.size(); k > 0; k--) {
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
    for (int k = 1; k <= count; k++) {
      double[] next = new double[best.length];
      Arrays.fill(next, Double.POSITIVE_INFINITY);
      int first = k == count ? units.size() : k; // the last block ends where the network does
      for (int to = first; to <= units.size() - (count - k); to++) {
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

  /** Infinite for a block that cannot be. */
  private double cost(int k, int from, int to) {
    double ahead =
        k == 0 ? 0 : contexts.computeIfAbsent(from, key -> orInfinite(() -> context(k, from)));
    double behind = others.computeIfAbsent(List.of(k, to), key -> orInfinite(() -> others(k, to)));
    return bodies[to] - bodies[from] + ahead + behind;
  }

  private double orInfinite(DoubleSupplier cost) {
    try {
      return cost.getAsDouble();
    } catch (IllegalArgumentException e) {
      refusal = refusal.or(() -> Optional.of(e));
      return Double.POSITIVE_INFINITY;
    }
  }

  /** Of what a block that begins there reads of the image. */
  private double context(int k, int from) {
    BlockSpec block = cutAround(k, k < count - 1 ? k + 1 : units.size()).get(k);
    return block.context() == Context.NONE
        ? 0
        : Cost.of(List.of(Context.module(input, shapes.get(from)))).by(measure);
  }

  /** Of all that a block has beside its layers and that. */
  private double others(int k, int to) {
    List<BlockSpec> cut = cutAround(k, to);
    Border start = Border.of(shapes.get(beginning(k, to)));
    Border in = k == 0 ? start : cut.get(k - 1).loss().handsOn(start, classes);
    Map<String, ModuleSpec> modules =
        new HashMap<>(cut.get(k).with(Context.NONE).modules(in, classes));
    modules.remove(BlockSpec.LAYERS);
    return Cost.of(modules.values()).by(measure);
  }

  /**
   * Some cut that has block {@code k}, counted from 0, end there, which for the last one is the end
   * of all. Unless it is the first one, that is as short as can be, which leaves most to look ahead
   * to.
   */
  private List<BlockSpec> cutAround(int k, int to) {
    List<Integer> sizes = new ArrayList<>(Collections.nCopies(count, 1));
    sizes.set(k, to - beginning(k, to));
    if (k > 1) {
      sizes.set(k - 1, to - k);
    }
    if (k < count - 1) {
      sizes.set(count - 1, units.size() - to - (count - k - 2));
    }
    return blocks.of(Units.blocks(units, sizes));
  }

  /** Where block {@code k} begins in that cut. */
  private static int beginning(int k, int to) {
    return k > 1 ? to - 1 : k;
  }
}
