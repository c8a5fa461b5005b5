package io.blockwise.model.network;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.LossTerm;
import io.blockwise.model.engine.Pace;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.Step;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.StepResult.Outcome;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/**
 * An engine whose blocks have one parameter, the number of their steps, and that knows what is
 * open. A block answers with its index, to which each block that decodes adds its own.
 */
final class CountedEngine implements Engine {
  final List<Object> open = Collections.synchronizedList(new ArrayList<>());
  boolean closed;

  /** Block by its index from 0 that cannot be built; -1 for none. */
  int failsAt = -1;

  /** Block by its index from 0 that fails in its steps; -1 for none. */
  volatile int failsIn = -1;

  /** Block by its index from 0 whose steps are not finite; -1 for none. */
  volatile int notFiniteIn = -1;

  /** Called on its thread when a block's step begins, with its index from 0. */
  volatile IntConsumer whenBegun = index -> {};

  /** Whether blocks may have threads. */
  Optional<String> refusalOfThreads = Optional.empty();

  /** What steps did, in its order: {@code begins 0}, {@code ends 0}. */
  final List<String> events = Collections.synchronizedList(new ArrayList<>());

  /** Learning rates of the steps of all blocks, in their order. */
  final List<Double> rates = Collections.synchronizedList(new ArrayList<>());

  private int built;

  /** The parameter of a block by its index from 0. */
  float parameter(int index) {
    return open.stream()
        .filter(CountedBlock.class::isInstance)
        .map(CountedBlock.class::cast)
        .filter(block -> block.index == index)
        .findFirst()
        .orElseThrow()
        .steps[0];
  }

  @Override
  public String name() {
    return "counted";
  }

  @Override
  public EngineDescription description() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Block block(BlockSpec spec, Border in, int classes, RandomGenerator random) {
    if (built == failsAt) {
      throw new IllegalStateException("no memory");
    }
    return new CountedBlock(this, spec, built++ % 3);
  }

  @Override
  public Optional<String> refusalOfThreads() {
    return refusalOfThreads;
  }

  @Override
  public Signal signal(Batch batch) {
    return new CountedSignal(open, batch.rows());
  }

  @Override
  public void close() {
    closed = true;
  }

  private static final class CountedSignal implements Signal {
    private final List<Object> open;
    private final int rows;
    private final float[] values;
    private boolean skipped;

    CountedSignal(List<Object> open, int rows, float... values) {
      this.open = open;
      this.rows = rows;
      this.values = values;
      open.add(this);
    }

    CountedSignal plus(float value) {
      float[] longer = Arrays.copyOf(values, values.length + 1);
      longer[values.length] = value;
      return new CountedSignal(open, rows, longer);
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int[] labels() {
      return new int[rows];
    }

    @Override
    public float[] weights() {
      return new float[0];
    }

    @Override
    public float[] toArray() {
      return values;
    }

    @Override
    public Signal select(int[] selected) {
      return new CountedSignal(open, selected.length, values);
    }

    @Override
    public Signal joined(List<Signal> others) {
      int all = rows + others.stream().mapToInt(Signal::rows).sum();
      return new CountedSignal(open, all, values);
    }

    @Override
    public Signal onBatch(long chance) {
      return this;
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }

  private static final class CountedBlock implements Block {
    private final CountedEngine engine;
    private final BlockSpec spec;
    private final int index;
    private final float[] steps = new float[1];

    CountedBlock(CountedEngine engine, BlockSpec spec, int index) {
      this.engine = engine;
      this.spec = spec;
      this.index = index;
      engine.open.add(this);
    }

    private CountedSignal next(Signal in) {
      if (engine.failsIn == index) {
        throw new IllegalStateException("no memory");
      }
      return new CountedSignal(engine.open, in.rows());
    }

    @Override
    public BlockSpec spec() {
      return spec;
    }

    @Override
    public TensorTable parameters() {
      return new TensorTable(List.of(new TensorTable.Entry("layers.0.weight", List.of(1), 0)));
    }

    @Override
    public TensorTable statistics() {
      return new TensorTable(List.of());
    }

    @Override
    public int length(StateKind kind) {
      return kind == StateKind.PARAMETERS ? 1 : 0;
    }

    @Override
    public void read(StateKind kind, float[] into) {
      System.arraycopy(steps, 0, into, 0, into.length);
    }

    @Override
    public void adopt(StateKind kind, float[] from) {
      System.arraycopy(from, 0, steps, 0, from.length);
    }

    @Override
    public Step train(Signal in, Pace pace) {
      engine.events.add("begins " + index);
      engine.whenBegun.accept(index);
      CountedSignal out = next(in);
      boolean skips = ((CountedSignal) in).skipped;
      boolean finite = engine.notFiniteIn != index;
      out.skipped = skips || !finite;
      if (skips) {
        return new CountedStep(engine, index, out, StepResult.skipped(in.rows()));
      }
      steps[0] += finite ? 1 : 0;
      engine.rates.add(pace.rate());
      LossTerm loss = new LossTerm("loss", finite ? 2 + index : Double.NaN);
      Outcome outcome = finite ? Outcome.TRAINED : Outcome.NOT_FINITE;
      return new CountedStep(
          engine, index, out, new StepResult(outcome, in.rows(), 1, List.of(loss)));
    }

    @Override
    public Signal forward(Signal in) {
      return next(in);
    }

    @Override
    public Signal answer(Signal output) {
      return new CountedSignal(engine.open, output.rows(), index);
    }

    @Override
    public Signal decode(Signal answer) {
      try (answer) {
        return ((CountedSignal) answer).plus(index);
      }
    }

    @Override
    public void close() {
      engine.open.remove(this);
    }

    @Override
    public String toString() {
      return "block " + index + ", steps " + Arrays.toString(steps);
    }
  }

  private record CountedStep(CountedEngine engine, int index, Signal output, StepResult result)
      implements Step {
    @Override
    public void complete() {
      engine.events.add("ends " + index + (engine.open.contains(output) ? "" : ", closed"));
    }
  }
}
