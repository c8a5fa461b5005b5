package io.blockwise.model.engine.dl4j;

import io.blockwise.base.Names;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.ModuleSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.Precision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Parts of networks that an engine has; whatever is not among them is refused. Immutable. */
record Repertoire(
    Set<Class<? extends LossSpec>> losses,
    Set<Class<? extends LayerSpec>> layers,
    Set<Class<? extends OptimiserSpec>> optimisers) {
  /** What this engine makes: a new part is refused until it has a maker. */
  static final Repertoire OF_DL4J =
      new Repertoire(
          LocalLoss.MAKERS.keySet(),
          Layers.MAKERS.keySet(),
          Set.of(
              OptimiserSpec.Adam.class,
              OptimiserSpec.AdamW.class,
              OptimiserSpec.Sgd.class,
              OptimiserSpec.Lars.class));

  /** Why a network cannot be trained in a precision; names the first block that lacks a part. */
  Optional<String> refusal(NetworkSpec network, Precision precision) {
    if (precision != Precision.FLOAT32) {
      return Optional.of(
          "it computes in float32 only, and precision is "
              + Names.of(precision)
              + " (set precision = float32, or engine = torch)");
    }
    List<Border> borders = network.borders();
    for (int k = 0; k < network.blocks().size(); k++) {
      BlockSpec block = network.blocks().get(k);
      Optional<String> part = lacking(block, block.modules(borders.get(k), network.classes()));
      if (part.isPresent()) {
        return Optional.of(
            "it has no " + part.get() + ", which block " + (k + 1) + " needs (use engine = torch)");
      }
    }
    return Optional.empty();
  }

  /** The first part that there is not: {@code layer lstm (only dense, relu) for head.0}. */
  private Optional<String> lacking(BlockSpec block, Map<String, ModuleSpec> modules) {
    return block.needs().stream()
        .map(need -> Names.of(need).replace('-', ' '))
        .findFirst()
        .or(() -> lacking("loss", block.loss(), losses))
        .or(() -> lacking("optimiser", block.optimiser(), optimisers))
        .or(
            () ->
                modules.values().stream()
                    .flatMap(module -> module.allParts().stream())
                    .flatMap(part -> lacking(part).stream())
                    .findFirst());
  }

  /** Also of heads and exits, which are layers as all others. */
  private Optional<String> lacking(ModuleSpec.Part part) {
    return lacking("layer", part.layer(), layers).map(lack -> lack + " for " + part.name());
  }

  private static <S> Optional<String> lacking(String what, S part, Set<Class<? extends S>> listed) {
    return listed.contains(part.getClass())
        ? Optional.empty()
        : Optional.of(
            what
                + " "
                + Names.of(part.getClass())
                + " (only "
                + listed.stream().map(Names::of).sorted().collect(Collectors.joining(", "))
                + ")");
  }
}
