package io.blockwise.model.spec.assembly;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import io.blockwise.model.spec.ExitSpec;
import io.blockwise.model.spec.LayerSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How far the classifiers of the blocks look ahead: each begins with fresh copies, with weights of
 * their own, of some units of the network behind its block (AugLocal, Ma and others 2024; methods
 * 2k), so that a block learns features that such layers can go on with. Immutable.
 *
 * @param depth of the classifiers: 0 for what is configured without copies, 1 for a batch norm
 *     before the last layer, {@code d} from 2 on for {@code d - 1} copies, or as many as units
 *     follow
 * @param pyramid share of the depth that is lost from the first block to the last but one, from 0
 *     (all have the depth) to 1 (the last but one has depth 1); 0 with depth 0
 * @param width of the copies as a share of their originals' filters or units, above 0 and at most
 *     1; 1 without copies
 */
public record LookAhead(int depth, double pyramid, double width) implements Serializable {
  /** Classifiers without copies. */
  public static final LookAhead NONE = new LookAhead(0, 0);

  private static final String DEPTH = "exit.look-ahead.depth";

  public LookAhead {
    requireAtLeast(DEPTH, depth, 0);
    requireWithin("exit.look-ahead.pyramid", pyramid, 0, 1);
    if (!(width > 0 && width <= 1)) {
      throw invalid("exit.look-ahead.width", width, "must be above 0 and at most 1");
    }
    if (pyramid > 0 && depth == 0) {
      throw invalid("exit.look-ahead.pyramid", pyramid, "must be 0 unless " + DEPTH + " is set");
    }
    if (width < 1 && depth < 2) {
      throw invalid("exit.look-ahead.width", width, "must be 1 unless " + DEPTH + " is above 1");
    }
  }

  /** Copies as wide as their originals. */
  public LookAhead(int depth, double pyramid) {
    this(depth, pyramid, 1);
  }

  /**
   * The classifiers of all blocks.
   *
   * @param blocks the layers of every block, first to last
   * @param exit what those of all blocks but the last have behind their copies
   * @param last that of the last block
   * @throws io.blockwise.base.InvalidValueException if no block can use the depth
   */
  List<ExitSpec> exits(List<List<LayerSpec>> blocks, ExitSpec exit, ExitSpec last) {
    List<ExitSpec> exits = new ArrayList<>();
    beginnings(blocks).forEach(beginning -> exits.add(beginning.of(exit)));
    exits.set(blocks.size() - 1, last);
    return exits;
  }

  /** What the classifier of every block has beside what all have. */
  List<Beginning> beginnings(List<List<LayerSpec>> blocks) {
    List<List<Unit>> units = blocks.stream().map(Unit::of).toList();
    List<Unit> all = units.stream().flatMap(List::stream).toList();
    requireUseful(blocks.size(), all.size() - units.get(0).size());
    List<Beginning> beginnings = new ArrayList<>();
    int passed = 0;
    for (int k = 0; k < blocks.size() - 1; k++) {
      passed += units.get(k).size();
      beginnings.add(beginning(depth(k, blocks.size()), all, passed));
    }
    beginnings.add(Beginning.NOTHING);
    return beginnings;
  }

  private void requireUseful(int blocks, int following) {
    if (depth > 0 && blocks == 1) {
      throw invalid(DEPTH, depth, "must be 0 for a network of one block, which nothing follows");
    }
    if (depth > following + 1) {
      throw invalid(
          DEPTH,
          depth,
          "must be at most " + (following + 1) + ", as " + following + " units follow block 1");
    }
  }

  /** The depth of a block, counted from 0, that is not the last. */
  private int depth(int block, int blocks) {
    double lost = blocks == 2 ? 0 : pyramid * block / (blocks - 2);
    return depth == 0 ? 0 : (int) Math.max(1, Math.rint(depth * (1 - lost) + lost));
  }

  private Beginning beginning(int depth, List<Unit> units, int passed) {
    return switch (depth) {
      case 0 -> Beginning.NOTHING;
      case 1 -> new Beginning(List.of(), List.of(new LayerSpec.BatchNorm()));
      default -> new Beginning(copies(units, passed, depth - 1), List.of());
    };
  }

  /**
   * Copies of units spread evenly from the block's last unit to the network's last one. What comes
   * between them makes a map smaller here as it does in the network, so a copy reads maps of the
   * size that its original reads: pools are taken over, and strides of units that are left out go
   * to the next copy.
   *
   * @param passed units up to the end of the block
   */
  private List<LayerSpec> copies(List<Unit> units, int passed, int depth) {
    Set<Integer> chosen = chosen(passed - 1, units.size(), depth);
    List<LayerSpec> layers = new ArrayList<>();
    List<LayerSpec> between = new ArrayList<>();
    int read = 0;
    for (Unit unit : units.subList(0, passed)) {
      read = Unit.width(unit.layers(), read);
    }
    int stride = 1;
    for (int j = passed; j < units.size(); j++) {
      Unit unit = units.get(j);
      between.addAll(unit.before());
      if (chosen.contains(j)) {
        layers.addAll(between);
        read = Unit.width(between, read);
        Unit narrow = unit.narrowed(width);
        layers.addAll(narrow.copy(read, stride));
        read = Unit.width(narrow.core(), read);
        between.clear();
        stride = 1;
      } else {
        stride *= unit.stride();
      }
      between.addAll(unit.after());
    }
    return layers;
  }

  /** The indices that are copied, of units counted from 0 over the whole network. */
  static Set<Integer> chosen(int last, int units, int wanted) {
    int count = Math.min(wanted, units - last - 1);
    Set<Integer> chosen = new LinkedHashSet<>();
    for (int i = 1; i <= count; i++) {
      chosen.add((int) Math.rint(last + (double) (units - last - 1) / count * i));
    }
    return chosen;
  }

  /**
   * What a classifier gets. Immutable.
   *
   * @param copies before it reads features
   * @param behind the features
   */
  record Beginning(List<LayerSpec> copies, List<LayerSpec> behind) {
    static final Beginning NOTHING = new Beginning(List.of(), List.of());

    Beginning {
      copies = List.copyOf(copies);
      behind = List.copyOf(behind);
    }

    /** The exit with what is its own behind that. */
    ExitSpec of(ExitSpec exit) {
      return exit.behind(copies, behind);
    }
  }
}
