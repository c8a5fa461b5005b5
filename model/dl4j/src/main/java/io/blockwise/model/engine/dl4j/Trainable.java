package io.blockwise.model.engine.dl4j;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block's parameters with what trains them. They are one vector; an embedding, its first tensor,
 * learns by rows, and has an optimiser of its own.
 *
 * <pre>
 *   values     [ table             | rest ]
 *   gradients  [ rows of the batch ] [ rest ]      one norm, one clipping
 * </pre>
 *
 * <p>Used by the block's thread.
 */
final class Trainable implements AutoCloseable {
  private final double clipNorm;
  private final Parameters all;
  private final Parameters rest;
  private final Optional<LearnedRows> rows;
  private final Optimiser optimiser;

  Trainable(BlockSpec spec, BlockLayout layout, RandomGenerator random, Memory memory) {
    clipNorm = spec.optimiser().clipNorm();
    all = Parameters.trained(layout.parameters(), layout.firstParameters(random));
    rest = all.withoutTable();
    rows = learned(spec, all, memory);
    optimiser = ModuleRates.of(Optimiser.of(spec.optimiser(), rest), rest, spec.loss().rates());
  }

  private static Optional<LearnedRows> learned(BlockSpec spec, Parameters all, Memory memory) {
    if (spec.layers().get(0) instanceof TextLayers.Embedding embedding && embedding.rate() > 0) {
      INDArray table = all.tensor(all.table().table().orElseThrow().name()).value();
      LazyAdam adam =
          new LazyAdam(
              coupled(spec.optimiser()), embedding.rate(), table.size(0), table.size(1), memory);
      return Optional.of(new LearnedRows(table, adam, memory));
    }
    return Optional.empty();
  }

  private static OptimiserSpec.Adam coupled(OptimiserSpec spec) {
    return spec instanceof OptimiserSpec.AdamW decoupled
        ? decoupled.coupled()
        : (OptimiserSpec.Adam) spec;
  }

  /** All parameters. */
  Parameters values() {
    return all;
  }

  /** The table, if it learns. */
  Optional<LearnedRows> rows() {
    return rows;
  }

  /** Takes a step down the gradients, and says so, unless they are not finite. */
  boolean step(Pace pace) {
    double square = square(rest.gradients());
    square += rows.map(its -> square(its.gradient())).orElse(0.0);
    double norm = Math.sqrt(square);
    if (!Double.isFinite(norm)) {
      return false;
    }
    if (clipNorm > 0 && norm > clipNorm) {
      double factor = clipNorm / (norm + 1e-6);
      rest.gradients().muli(factor);
      rows.ifPresent(its -> its.gradient().muli(factor));
    }
    optimiser.step(pace);
    rows.ifPresent(its -> its.step(pace));
    return true;
  }

  private static double square(INDArray gradients) {
    return Nd4j.getBlasWrapper().dot(gradients, gradients);
  }

  /** As {@link io.blockwise.model.engine.Block#takeChangedRows}. */
  int[] takeChangedRows() {
    return rows.map(LearnedRows::takeChanged).orElseGet(() -> new int[0]);
  }

  /** As {@link io.blockwise.model.engine.Block#readRows}. */
  void readRows(int[] numbers, float[] into) {
    Maths.readRows(table(), numbers, into);
  }

  /** As {@link io.blockwise.model.engine.Block#adoptRows}. */
  void adoptRows(int[] numbers, float[] from) {
    Maths.writeRows(from, numbers, table());
  }

  private INDArray table() {
    return all.tensor(all.table().table().orElseThrow().name()).value();
  }

  /** As {@link io.blockwise.model.engine.Block#readRest}. */
  void readRest(float[] into) {
    rest.read(into);
  }

  /** As {@link io.blockwise.model.engine.Block#adoptRest}. */
  void adoptRest(float[] from) {
    rest.adopt(from);
  }

  /** The optimiser's state: of everything but an embedding first. */
  StateVectors.Vector optimiser() {
    return rows.<StateVectors.Vector>map(its -> new Both(optimiser, its.optimiser()))
        .orElse(optimiser);
  }

  @Override
  public void close() {
    all.close();
    optimiser.close();
    rows.ifPresent(LearnedRows::close);
  }

  /** The states of both optimisers, one behind the other. */
  private record Both(Optimiser rest, LazyAdam rows) implements StateVectors.Vector {
    @Override
    public StateKind kind() {
      return StateKind.OPTIMISER;
    }

    @Override
    public int length() {
      return rest.length() + rows.length();
    }

    @Override
    public void read(float[] into) {
      float[] ofRest = new float[rest.length()];
      rest.read(ofRest);
      System.arraycopy(ofRest, 0, into, 0, ofRest.length);
      rows.read(into, ofRest.length);
    }

    @Override
    public void adopt(float[] from) {
      rest.adopt(Arrays.copyOf(from, rest.length()));
      rows.adopt(from, rest.length());
    }
  }
}
