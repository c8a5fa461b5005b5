package io.blockwise.model.network;

import io.blockwise.base.SplitMix;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * The blocks of a network in order. A step trains them one after the other; no gradient crosses a
 * border, so what a block learns depends on the blocks before it only. Workers train them with a
 * {@link SequentialRow}.
 *
 * <p>Used by one thread, the one that created it.
 */
public final class DecoupledNetwork implements AutoCloseable {
  private final Engine engine;
  private final NetworkSpec spec;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * Builds the blocks with parameters drawn from {@code seed}: the same for every engine, and for a
   * block independent of the others.
   *
   * @param engine belongs to the network from here on, which closes it, also if this fails
   */
  public DecoupledNetwork(Engine engine, NetworkSpec spec, long seed) {
    this.engine = engine;
    this.spec = spec;
    try {
      build(seed);
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  private void build(long seed) {
    List<Border> borders = spec.borders();
    List<RandomGenerator> generators = generators(spec, seed);
    for (int k = 0; k < spec.blocks().size(); k++) {
      blocks.add(
          engine.block(spec.blocks().get(k), borders.get(k), spec.classes(), generators.get(k)));
    }
  }

  /** What failed is what counts. */
  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static List<RandomGenerator> generators(NetworkSpec spec, long seed) {
    List<RandomGenerator> generators = new ArrayList<>();
    for (int k = 1; k <= spec.blocks().size(); k++) {
      generators.add(new SplitMix(SplitMix.combine(seed, k))::bits);
    }
    return generators;
  }

  /** The tensors of every block, first to last, without an engine. */
  public static List<BlockLayout> layouts(NetworkSpec spec) {
    List<Border> borders = spec.borders();
    List<BlockLayout> layouts = new ArrayList<>();
    for (int k = 0; k < spec.blocks().size(); k++) {
      layouts.add(BlockLayout.of(spec.blocks().get(k), borders.get(k), spec.classes()));
    }
    return layouts;
  }

  /** The parameters that a network of this seed starts from, block by block, without an engine. */
  public static List<float[]> firstParameters(NetworkSpec spec, long seed) {
    List<RandomGenerator> generators = generators(spec, seed);
    List<BlockLayout> layouts = layouts(spec);
    List<float[]> parameters = new ArrayList<>();
    for (int k = 0; k < layouts.size(); k++) {
      parameters.add(layouts.get(k).firstParameters(generators.get(k)));
    }
    return parameters;
  }

  /** What was built. */
  public NetworkSpec spec() {
    return spec;
  }

  /** First to last. */
  public List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /** The signal that carries a batch to the first block; the caller closes it. */
  Signal signal(Batch batch) {
    return engine.signal(batch);
  }

  /**
   * One training step of every block on a batch, without averaging. A block whose loss or gradient
   * is not finite ends the step: it and the later blocks skip the batch.
   *
   * @param learningRates learning rate of a block by its index from 0
   * @return of the blocks that saw the batch, first to last; the last one may be not finite. The
   *     signals in them are closed
   */
  public List<StepResult> step(Batch batch, IntToDoubleFunction learningRates) {
    List<StepResult> results = new ArrayList<>(blocks.size());
    try (Flow flow = new Flow(signal(batch))) {
      for (int k = 0; k < blocks.size(); k++) {
        StepResult result = blocks.get(k).train(flow.signal, learningRates.applyAsDouble(k));
        flow.goOnWith(result.output());
        results.add(result);
        if (!result.finite()) {
          break;
        }
      }
    }
    return results;
  }

  /**
   * Class scores of every block in inference mode.
   *
   * @return per block, row-major {@code [rows, classes]}
   */
  public List<float[]> scores(Batch batch) {
    List<float[]> scores = new ArrayList<>(blocks.size());
    try (Flow flow = new Flow(signal(batch))) {
      for (int k = 0; k < blocks.size(); k++) {
        flow.goOnWith(blocks.get(k).forward(flow.signal));
        scores.add(scores(k, flow.signal));
      }
    }
    return scores;
  }

  /** The answer of a block, counted from 0, on its way down through the earlier ones. */
  private float[] scores(int block, Signal output) {
    Signal answer = blocks.get(block).answer(output);
    for (int k = block - 1; k >= 0; k--) {
      answer = blocks.get(k).decode(answer);
    }
    try (Signal scores = answer) {
      return scores.toArray();
    }
  }

  /** Frees the blocks and the engine. */
  @Override
  public void close() {
    blocks.forEach(Block::close);
    engine.close();
  }

  /** The signal that the next block reads; an earlier one is closed as soon as there is a later. */
  private static final class Flow implements AutoCloseable {
    private Signal signal;

    Flow(Signal first) {
      signal = first;
    }

    void goOnWith(Signal next) {
      signal.close();
      signal = next;
    }

    @Override
    public void close() {
      signal.close();
    }
  }
}
