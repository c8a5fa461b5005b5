package io.blockwise.model.engine;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.model.spec.AlSpec;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.DeInfoRegSpec;
import io.blockwise.model.spec.Features;
import io.blockwise.model.spec.HeadSpec;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;
import io.blockwise.model.spec.ModuleSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing that has a way back is left out of the check of gradients. */
class CheckedBlocksTest {
  private static final List<BlockSpec> BLOCKS = CheckedBlocks.all();

  @Test
  void everyLossAndItsFormsAreChecked() {
    assertThat(losses(LossSpec.class, Object::getClass))
        .containsExactlyInAnyOrder((Object[]) LossSpec.class.getPermittedSubclasses());
    assertThat(losses(LossSpec.Scpl.class, LossSpec.Scpl::divisor))
        .containsExactlyInAnyOrder((Object[]) LossSpec.Divisor.values());
    assertThat(losses(AlSpec.class, AlSpec::inverse))
        .containsExactlyInAnyOrder((Object[]) AlSpec.Inverse.values());
    assertThat(losses(AlSpec.class, loss -> loss.bridge().features()))
        .containsExactlyInAnyOrder((Object[]) Features.values());
    assertThat(losses(DeInfoRegSpec.class, DeInfoRegSpec::scaling))
        .containsExactlyInAnyOrder((Object[]) DeInfoRegSpec.Scaling.values());
    assertThat(losses(DeInfoRegSpec.class, loss -> loss.exit().kind()))
        .containsExactlyInAnyOrder((Object[]) DeInfoRegSpec.Exit.Kind.values());
  }

  private static <T> Set<Object> losses(Class<T> type, Function<T, Object> what) {
    return BLOCKS.stream()
        .map(BlockSpec::loss)
        .filter(type::isInstance)
        .map(type::cast)
        .map(what)
        .collect(toSet());
  }

  @Test
  void everyHeadAndEveryReadOutIsChecked() {
    assertThat(heads().map(HeadSpec::kind).collect(toSet()))
        .containsExactlyInAnyOrder(HeadSpec.Kind.values());
    assertThat(heads().map(HeadSpec::features).collect(toSet()))
        .containsExactlyInAnyOrder(Features.values());
    assertThat(BLOCKS.stream().map(block -> block.exit().features()).collect(toSet()))
        .containsExactlyInAnyOrder(Features.values());
  }

  private static Stream<HeadSpec> heads() {
    return BLOCKS.stream().map(block -> head(block.loss())).flatMap(Optional::stream);
  }

  private static Optional<HeadSpec> head(LossSpec loss) {
    if (loss instanceof LossSpec.Scpl contrast) {
      return Optional.of(contrast.head());
    }
    return loss instanceof LossSpec.PredSim similarity
        ? Optional.of(similarity.head())
        : Optional.empty();
  }

  @Test
  void everyLayerIsChecked() {
    Set<Class<?>> layers =
        BLOCKS.stream()
            .flatMap(block -> block.modules(SmallBlocks.BORDER, 3).values().stream())
            .flatMap(module -> module.allParts().stream())
            .map(ModuleSpec.Part::layer)
            .map(LayerSpec::getClass)
            .collect(toCollection(HashSet::new));
    layers.add(SmallTexts.EMBEDDING.getClass());
    SmallTexts.behindEmbedding().forEach(behind -> behind.forEach(l -> layers.addAll(within(l))));
    assertThat(layers).containsExactlyInAnyOrder(LayerSpec.class.getPermittedSubclasses());
  }

  private static Set<Class<?>> within(LayerSpec layer) {
    return layer instanceof LayerSpec.Residual residual
        ? residual.body().stream().map(LayerSpec::getClass).collect(toSet())
        : Set.of(layer.getClass());
  }
}
