package io.blockwise.model.spec;

import static io.blockwise.base.Checks.invalid;
import static io.blockwise.base.Checks.requireAtLeast;
import static io.blockwise.base.Checks.requireWithin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blockwise.base.IfAbsent;
import io.blockwise.base.Names;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One block: the unit that is trained on its own. No gradient leaves it, unless the block before it
 * has span 2.
 *
 * <p>Always true: at least one layer, a span of 1 or 2, and no momentum unless the exit reads the
 * block's output. Immutable.
 *
 * @param layers in order of computation; the last one's output is the block's output
 * @param loss local objective
 * @param exit class scores of the block's output
 * @param optimiser of all parameters of the block
 * @param span of how many blocks the losses train this one: 1 for its own loss alone; 2 for that of
 *     the next block as well, whose gradient ends here (HPFF, Su and others 2024; methods 2k)
 * @param context what it reads beside the output of the block before it
 * @param momentum what its exit reads in place of its output
 * @param sides further fields of the rows that it reads; not in the file if there are none
 */
public record BlockSpec(
    List<LayerSpec> layers,
    LossSpec loss,
    ExitSpec exit,
    OptimiserSpec optimiser,
    @IfAbsent("1") int span,
    @IfAbsent("\"none\"") Context context,
    @IfAbsent("{\"layers\": [], \"rate\": 0.0}") Momentum momentum,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @IfAbsent("[]") List<SideInput> sides)
    implements Serializable {
  /** The module that computes the block's output. */
  public static final String LAYERS = "layers";

  /** The module that gives class scores. */
  public static final String EXIT = "exit";

  /** What brings further fields to the block; the module of each is {@link #side}. */
  public static final String SIDE = "side";

  /** The module that brings an image to the shape of the block's input. */
  public static final String CONTEXT = "context";

  public BlockSpec {
    layers = List.copyOf(layers);
    sides = List.copyOf(sides);
    requireAtLeast("block.layers", layers.size(), 1);
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(optimiser, "optimiser");
    requireWithin("span", span, 1, 2);
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(momentum, "momentum");
    requireLazyAdam(embedding(layers, sides), optimiser);
    if (momentum.exists() && !loss.exitReadsOutput()) {
      throw invalid("exit.momentum", momentum.rate(), LossSpec.withoutExits("0", List.of(loss)));
    }
  }

  /**
   * An embedding learns by lazy Adam, of which weight decay would change every row in each step.
   */
  private static void requireLazyAdam(
      Optional<TextLayers.Embedding> embedding, OptimiserSpec optimiser) {
    boolean learns = embedding.filter(table -> table.rate() > 0).isPresent();
    if (learns && optimiser.weightDecay() > 0) {
      throw invalid(
          "training.weight-decay",
          optimiser.weightDecay(),
          "must be 0 with an embedding that learns (or set its rate to 0)");
    }
    if (learns && !optimiser.stepsByRow()) {
      throw invalid(
          "training.optimiser",
          Names.of(optimiser.getClass()),
          "must be adam or adamw with an embedding that learns (or set its rate to 0)");
    }
  }

  /** Of a block that its own loss alone trains. */
  public BlockSpec(List<LayerSpec> layers, LossSpec loss, ExitSpec exit, OptimiserSpec optimiser) {
    this(layers, loss, exit, optimiser, 1, Context.NONE, Momentum.NONE, List.of());
  }

  /** The same block, trained by the losses of so many blocks. */
  public BlockSpec ofSpan(int span) {
    return new BlockSpec(layers, loss, exit, optimiser, span, context, momentum, sides);
  }

  /** The same block, in whose cross-entropy rows count by their class. */
  public BlockSpec weighing(List<Double> classes) {
    ExitSpec weighed = exit.weighing(classes);
    return new BlockSpec(layers, loss, weighed, optimiser, span, context, momentum, sides);
  }

  /** The same block, whose exit reads something else. */
  public BlockSpec with(Momentum momentum) {
    return new BlockSpec(layers, loss, exit, optimiser, span, context, momentum, sides);
  }

  /** The same block with something more to read. */
  public BlockSpec with(Context context) {
    return new BlockSpec(layers, loss, exit, optimiser, span, context, momentum, sides);
  }

  /** The same block that reads further fields as well. */
  public BlockSpec with(List<SideInput> sides) {
    return new BlockSpec(layers, loss, exit, optimiser, span, context, momentum, sides);
  }

  /**
   * The layer whose table is the first of the block's tensors: that of the block's texts, or of a
   * further field.
   */
  public Optional<TextLayers.Embedding> embedding() {
    return embedding(layers, sides);
  }

  private static Optional<TextLayers.Embedding> embedding(
      List<LayerSpec> layers, List<SideInput> sides) {
    return Stream.concat(
            sides.stream().filter(SideInput::embeds).map(side -> side.layers().get(0)),
            layers.stream().limit(1))
        .filter(TextLayers.Embedding.class::isInstance)
        .map(TextLayers.Embedding.class::cast)
        .findFirst();
  }

  /** The further field whose tokens that layer reads; empty if it is the block's own texts'. */
  public Optional<String> embeddedField() {
    return sides.stream().filter(SideInput::embeds).map(SideInput::field).findFirst();
  }

  /** The tensors of all modules, and what else there is to keep. */
  public List<TensorSpec> tensors(Border in, int classes) {
    List<TensorSpec> tensors = new ArrayList<>();
    modules(in, classes)
        .forEach(
            (name, module) ->
                tensors.addAll(name.equals(Momentum.SLOW) ? slow(module) : module.tensors()));
    if (momentum.exists()) {
      tensors.add(TensorSpec.constant(Momentum.SCALE, TensorSpec.Kind.PARAMETER, 1, 1));
    }
    return tensors;
  }

  /** Without running statistics: training has no use for them, and answers read the next block. */
  private static List<TensorSpec> slow(ModuleSpec module) {
    return module.tensors().stream()
        .filter(tensor -> tensor.kind() == TensorSpec.Kind.PARAMETER)
        .map(TensorSpec::slow)
        .toList();
  }

  /** What the block asks of an engine beside its layers, loss and optimiser. */
  public Set<Need> needs() {
    Set<Need> needs = EnumSet.noneOf(Need.class);
    if (span == 2) {
      needs.add(Need.SPAN_2);
    }
    if (context == Context.IMAGE) {
      needs.add(Need.CONTEXT);
    }
    if (momentum.exists()) {
      needs.add(Need.MOMENTUM);
    }
    if (!sides.isEmpty()) {
      needs.add(Need.SIDE_INPUT);
    }
    return needs;
  }

  /** What not every engine can do for a block. An engine refuses a need that it does not know. */
  public enum Need {
    /** To train it by the next block's loss as well. */
    SPAN_2,
    /** To give it the image beside what it reads. */
    CONTEXT,
    /** To keep a slow copy of the next block's first layers for its exit. */
    MOMENTUM,
    /** To give it further fields of the rows. */
    SIDE_INPUT
  }

  /** The same block with another optimiser. */
  public BlockSpec with(OptimiserSpec other) {
    return new BlockSpec(layers, loss, exit, other, span, context, momentum, sides);
  }

  /**
   * What the block hands on.
   *
   * @param in what it reads
   * @throws IllegalArgumentException if a layer or the loss cannot read what comes to it
   */
  public Border output(Border in, int classes) {
    Shape output = modules(in, classes).get(LAYERS).output();
    return loss.handsOn(in.with(output), classes);
  }

  /**
   * All that the block is made of, in the order of its tensors: a module per further field, {@link
   * #LAYERS}, the modules of its loss, and {@link #EXIT} if it has one.
   *
   * @param in what it reads
   * @throws IllegalArgumentException if a layer or the loss cannot read what comes to it
   */
  public Map<String, ModuleSpec> modules(Border in, int classes) {
    Map<String, ModuleSpec> modules = new LinkedHashMap<>();
    ModuleSpec body = ModuleSpec.of(joined(in.activation(), modules)).then(LAYERS, layers);
    Border behind = in.with(body.output());
    modules.put(LAYERS, body);
    modules.putAll(loss.modules(behind, classes));
    ModuleSpec local = ModuleSpec.of(body.output()).then(Momentum.LOCAL, momentum.layers());
    loss.exit(exit, local.output(), classes).ifPresent(module -> modules.put(EXIT, module));
    if (context == Context.IMAGE) {
      // last, so that the others start from the same numbers with and without it
      modules.put(CONTEXT, Context.module(in.image().orElseThrow(), in.activation()));
    }
    if (momentum.exists()) {
      modules.put(Momentum.LOCAL, local);
      modules.put(
          Momentum.SLOW, ModuleSpec.of(body.output()).then(Momentum.SLOW, momentum.layers()));
    }
    return Collections.unmodifiableMap(modules);
  }

  /** The name of the module of a further field, by its index from 0. */
  public static String side(int index) {
    return SIDE + "." + index;
  }

  /** What the layers read; the modules of further fields are put in, that with a table first. */
  private Shape joined(Shape input, Map<String, ModuleSpec> modules) {
    Map<String, ModuleSpec> others = new LinkedHashMap<>();
    Shape read = input;
    for (int i = 0; i < sides.size(); i++) {
      SideInput side = sides.get(i);
      ModuleSpec module = side.module(side(i), read);
      (side.embeds() ? modules : others).put(side(i), module);
      read = side.joined(read, module.output());
    }
    modules.putAll(others);
    return read;
  }
}
