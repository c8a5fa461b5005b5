package io.blockwise.model.network;

import io.blockwise.base.SplitMix;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.BlockLayout;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.spec.Border;
import io.blockwise.model.spec.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The blocks of a network in order. A step trains them one after the other; no gradient crosses a
 * border, so what a block learns depends on the blocks before it only. Workers train them with a
 * {@link BlockRow}.
 *
 * <p>Used by one thread at a time, but for {@link #upload} and for blocks on threads of their own.
 */
public final class DecoupledNetwork implements AutoCloseable {
  private final Engine engine;
  private final NetworkSpec spec;
  private final List<Block> blocks = new ArrayList<>();
  private final FrozenOutputs frozen;

  /**
   * Builds the blocks with parameters drawn from {@code seed}: the same for every engine, and for a
   * block independent of the others.
   *
   * @param engine belongs to the network from here on, which closes it, also if this fails
   */
  public DecoupledNetwork(Engine engine, NetworkSpec spec, long seed) {
    this(engine, spec, seed, 0);
  }

  /**
   * The same, which keeps what frozen blocks hand on to those that train.
   *
   * @param keptBytes that this may take; 0 computes it anew for every batch
   */
  public DecoupledNetwork(Engine engine, NetworkSpec spec, long seed, long keptBytes) {
    this.engine = engine;
    this.spec = spec;
    frozen = new FrozenOutputs(spec, keptBytes);
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
    for (int k = 1; k < blocks.size(); k++) {
      blocks.get(k - 1).before(blocks.get(k));
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

  /** As {@link Engine#upload}: called by any thread, ahead of the batch's step or scores. */
  public void upload(Batch batch) {
    engine.upload(batch);
  }

  /** As {@link Engine#refusalOfThreads}. */
  Optional<String> refusalOfThreads() {
    return engine.refusalOfThreads();
  }

  /** The signal that carries a batch to the first block, to be closed. */
  Signal signal(Batch batch) {
    return engine.signal(batch);
  }

  /**
   * The signal that a batch is to the first block that trains, behind frozen ones; to be closed.
   */
  Signal signal(Batch batch, TrainedBlocks trained) {
    return trained.frozen() == 0
        ? engine.signal(batch)
        : frozen.of(batch, trained.frozen(), () -> handedOn(batch, trained.frozen()));
  }

  private Signal handedOn(Batch batch, int count) {
    Signal signal = engine.signal(batch);
    for (int k = 0; k < count; k++) {
      try (Signal in = signal) {
        signal = blocks.get(k).handOn(in);
      }
    }
    return signal;
  }

  /** Begins a step of a block, by its index from 0, on the signal that reaches it. */
  interface Training {
    Step begin(int index, Signal in);
  }

  /**
   * The blocks' steps on a batch, first to last. Each is complete once the next one has begun. All
   * are so before the first is waited for, and all are waited for together.
   *
   * @return their outputs are closed
   */
  List<Step> train(Batch batch, Training training) {
    return train(batch, TrainedBlocks.all(blocks.size()), training);
  }

  /**
   * The same of some blocks, to which frozen ones hand the batch on.
   *
   * @return of the blocks that train, first to last
   */
  List<Step> train(Batch batch, TrainedBlocks trained, Training training) {
    List<Step> steps = new ArrayList<>(trained.count());
    try (Flow flow = new Flow(signal(batch, trained))) {
      for (int k = trained.frozen(); k < trained.joined(); k++) {
        Step step = training.begin(k, flow.signal);
        completeLast(steps);
        steps.add(step);
        flow.goOnWith(step.output());
      }
      completeLast(steps);
    }
    blocks.subList(trained.frozen(), trained.joined()).forEach(Block::follow);
    engine.await(steps);
    return steps;
  }

  private static void completeLast(List<Step> steps) {
    if (!steps.isEmpty()) {
      steps.get(steps.size() - 1).complete();
    }
  }

  /**
   * One training step of every block on a batch, without averaging. A block whose loss or gradient
   * is not finite skips the batch, and so do the later ones.
   *
   * @param learningRates learning rate of a block by its index from 0
   * @return of all blocks, first to last
   */
  public List<StepResult> step(Batch batch, IntToDoubleFunction learningRates) {
    return train(batch, (k, in) -> blocks.get(k).train(in, learningRates.applyAsDouble(k))).stream()
        .map(Step::result)
        .toList();
  }

  /**
   * Class scores of every block in inference mode.
   *
   * @return per block, row-major {@code [rows, classes]}
   */
  public List<float[]> scores(Batch batch) {
    return firstScores(batch, blocks.size());
  }

  /** The same of the first blocks. Those behind do not compute. */
  public List<float[]> firstScores(Batch batch, int count) {
    List<float[]> scores = new ArrayList<>(count);
    try (Flow flow = new Flow(engine.signal(batch))) {
      for (int k = 0; k < count; k++) {
        flow.goOnWith(blocks.get(k).forward(flow.signal));
        scores.add(scores(k, flow.signal));
      }
    }
    return scores;
  }

  /**
   * Class scores of one block, by its index from 0, in inference mode. Those behind it do not
   * compute.
   *
   * @return row-major {@code [rows, classes]}
   */
  public float[] scores(Batch batch, int block) {
    return at(batch, block, output -> scores(block, output));
  }

  /**
   * Output of a block, by its index from 0, in inference mode.
   *
   * @return row-major {@code [rows, elements]}
   */
  public float[] output(Batch batch, int block) {
    return at(batch, block, Signal::toArray);
  }

  /**
   * What a block makes of its output to answer, by its index from 0, in inference mode and before
   * any block decodes it: class scores, or where it answers by targets its own target.
   *
   * @return row-major {@code [rows, elements]}
   */
  public float[] answer(Batch batch, int block) {
    return at(
        batch,
        block,
        output -> {
          try (Signal answer = blocks.get(block).answer(output)) {
            return answer.toArray();
          }
        });
  }

  /** Reads from a block's output. */
  private float[] at(Batch batch, int block, Function<Signal, float[]> read) {
    try (Flow flow = new Flow(engine.signal(batch))) {
      for (int k = 0; k <= block; k++) {
        flow.goOnWith(blocks.get(k).forward(flow.signal));
      }
      return read.apply(flow.signal);
    }
  }

  /**
   * The answer of a block, counted from 0, if need be on its way down through this and the earlier
   * ones.
   */
  float[] scores(int block, Signal output) {
    Signal answer = blocks.get(block).answer(output);
    int decoders = blocks.get(block).spec().loss().answersByTargets() ? block + 1 : 0;
    for (int k = decoders - 1; k >= 0; k--) {
      answer = blocks.get(k).decode(answer);
    }
    try (Signal scores = answer) {
      return scores.toArray();
    }
  }

  /** Bytes that one row takes at most where outputs of frozen blocks are kept. */
  public static long frozenRowBytes(NetworkSpec spec) {
    return IntStream.range(1, spec.blocks().size())
        .mapToObj(frozen -> FrozenOutputs.rowBytes(spec, frozen))
        .flatMap(Optional::stream)
        .mapToLong(bytes -> bytes)
        .max()
        .orElse(0);
  }

  /** Frees the blocks and the engine. */
  @Override
  public void close() {
    frozen.close();
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
