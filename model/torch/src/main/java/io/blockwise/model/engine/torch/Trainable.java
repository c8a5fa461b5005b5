package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StateVectors;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.OptimiserSpec;
import io.blockwise.model.spec.TextLayers;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A block's parameters with what trains them. They are one vector, of which a step starts from a
 * leaf. An embedding is its first tensor, and a leaf has of it only the rows that the batch reads,
 * behind everything else:
 *
 * <pre>
 *   values  [ table              | rest ]
 *   leaf    [ rest | rows of the table ]      one gradient, one norm, one clipping
 * </pre>
 *
 * <p>Used by the block's thread.
 */
final class Trainable implements AutoCloseable {
  /** Its row has no gradient, and so does not change. */
  private static final int PADDING = 0;

  private final FlatState values;
  private final Optional<TextLayers.Embedding> embedding;
  private final AlignedTable restLayout;
  private final Tensor rest;
  private final Optimiser optimiser;
  private final Optional<LazyAdam> lazy;
  private final Host host;

  /** Rows of the table that steps have changed since they were last taken. */
  private final BitSet changed = new BitSet();

  Trainable(BlockSpec spec, BlockLayout layout, RandomGenerator random, Host host) {
    this.host = host;
    TensorTable table = layout.parameters();
    values = new FlatState(StateKind.PARAMETERS, table, layout.firstParameters(random), host);
    embedding = spec.embedding();
    int behind = embedding.isPresent() ? 1 : 0;
    restLayout = values.layout().behind(behind);
    long start = (long) values.layout().length() - restLayout.length();
    rest = host.compute(() -> Scope.keep(values.values().narrow(0, start, restLayout.length())));
    optimiser =
        ModuleRates.of(
            Optimiser.of(spec.optimiser(), restLayout, host), restLayout, spec.loss().rates());
    lazy =
        embedding
            .filter(its -> its.rate() > 0)
            .map(its -> lazy(spec.optimiser(), its, table.entries().get(0), host));
  }

  private static LazyAdam lazy(
      OptimiserSpec spec, TextLayers.Embedding its, TensorTable.Entry table, Host host) {
    OptimiserSpec.Adam adam =
        spec instanceof OptimiserSpec.AdamW decoupled
            ? decoupled.coupled()
            : (OptimiserSpec.Adam) spec;
    return new LazyAdam(adam, its.rate(), table.shape().get(0), table.shape().get(1), host);
  }

  /** All parameters. */
  FlatState values() {
    return values;
  }

  /** The start of a differentiable computation on a batch. */
  Tensor leaf(Beside batch) {
    if (lazy.isEmpty()) {
      return rest.detach().requires_grad_(true);
    }
    Tensor rows = table().index_select(0, batch.requireTable().rowsRead());
    return torch.cat(new TensorVector(rest, rows.flatten())).requires_grad_(true);
  }

  private Tensor table() {
    return values.tensor(0);
  }

  /** The tensors of a leaf by name; their gradients come together in the leaf's. */
  Map<String, Tensor> tensors(Tensor leaf) {
    if (embedding.isEmpty()) {
      return restLayout.tensors(leaf);
    }
    Map<String, Tensor> tensors = restLayout.tensors(leaf.narrow(0, 0, restLayout.length()));
    String name = values.table().entries().get(0).name();
    tensors.put(name, lazy.isPresent() ? rowsOf(leaf) : table());
    return tensors;
  }

  private Tensor rowsOf(Tensor ofLeaf) {
    long length = ofLeaf.size(0) - restLayout.length();
    return ofLeaf.narrow(0, restLayout.length(), length).view(-1, embedding.get().width());
  }

  /** One step down the gradient by a leaf of the same batch, which it may overwrite. */
  void step(Tensor gradient, Beside batch, Pace pace, Guard guard) {
    lazy.ifPresent(
        rows -> {
          Texts texts = batch.requireTable();
          rows.step(table(), texts.rowsRead(), rowsOf(gradient), pace, guard);
          Arrays.stream(texts.distinct()).filter(id -> id != PADDING).forEach(changed::set);
        });
    optimiser.step(rest, gradient.narrow(0, 0, restLayout.length()), pace, guard);
  }

  /** As {@link io.blockwise.model.engine.Block#takeChangedRows}. */
  int[] takeChangedRows() {
    int[] rows = changed.stream().toArray();
    changed.clear();
    return rows;
  }

  /** As {@link io.blockwise.model.engine.Block#readRows}. */
  void readRows(int[] rows, float[] into) {
    host.run(() -> Host.read(table().index_select(0, host.labels(rows)), into, 0));
  }

  /** As {@link io.blockwise.model.engine.Block#adoptRows}. */
  void adoptRows(int[] rows, float[] from) {
    host.run(
        () ->
            table()
                .index_copy_(
                    0,
                    host.labels(rows),
                    host.tensor(from, from.length, rows.length, embedding.get().width())));
  }

  /** As {@link io.blockwise.model.engine.Block#readRest}. */
  void readRest(float[] into) {
    host.run(() -> restLayout.read(rest, into, 0));
  }

  /** As {@link io.blockwise.model.engine.Block#adoptRest}. */
  void adoptRest(float[] from) {
    host.run(() -> restLayout.write(from, 0, rest));
  }

  /** The optimiser's state: of everything but an embedding first. */
  StateVectors.Vector optimiser() {
    return lazy.<StateVectors.Vector>map(Both::new).orElse(optimiser);
  }

  @Override
  public void close() {
    values.close();
    rest.close();
    optimiser.close();
    lazy.ifPresent(LazyAdam::close);
  }

  /** The states of both optimisers, one behind the other. */
  private final class Both implements StateVectors.Vector {
    private final LazyAdam rows;

    Both(LazyAdam rows) {
      this.rows = rows;
    }

    @Override
    public StateKind kind() {
      return StateKind.OPTIMISER;
    }

    @Override
    public int length() {
      return optimiser.length() + rows.length();
    }

    @Override
    public void read(float[] into) {
      float[] ofRest = new float[optimiser.length()];
      optimiser.read(ofRest);
      System.arraycopy(ofRest, 0, into, 0, ofRest.length);
      rows.read(into, ofRest.length);
    }

    @Override
    public void adopt(float[] from) {
      optimiser.adopt(Arrays.copyOf(from, optimiser.length()));
      rows.adopt(from, optimiser.length());
    }
  }
}
