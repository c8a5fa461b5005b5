package io.blockwise.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.Block;
import io.blockwise.model.engine.Engine;
import io.blockwise.model.engine.EngineDescription;
import io.blockwise.model.engine.Signal;
import io.blockwise.model.engine.SmallBlocks;
import io.blockwise.model.engine.StateKind;
import io.blockwise.model.engine.StepResult;
import io.blockwise.model.engine.TensorTable;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.NetworkSpec;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever fails, what was opened is closed: native memory has no other end. */
class DecoupledNetworkTest {
  private static final NetworkSpec SPEC =
      new NetworkSpec(
          SmallBlocks.INPUT,
          3,
          List.of(
              SmallBlocks.contrastive(4), SmallBlocks.contrastive(4), SmallBlocks.contrastive(4)));

  private final Counted engine = new Counted();

  @Test
  void aBlockThatCannotBeBuiltTakesTheOthersAndTheEngineWithIt() {
    engine.failsAt = 2;
    assertThatThrownBy(() -> new DecoupledNetwork(engine, SPEC, 1)).hasMessage("no memory");
    assertThat(engine.open).isEmpty();
    assertThat(engine.closed).isTrue();
  }

  @Test
  void aStepAndScoresCloseTheirSignalsWhicheverBlockFails() {
    for (int block = 0; block < 3; block++) {
      try (DecoupledNetwork network = new DecoupledNetwork(engine, SPEC, 1)) {
        int blocks = engine.open.size();
        engine.failsIn = block;
        assertThatThrownBy(() -> network.step(SmallBlocks.batch(2, 1), k -> 0.1))
            .hasMessage("no memory");
        assertThat(engine.open).hasSize(blocks);
        assertThatThrownBy(() -> network.scores(SmallBlocks.batch(2, 1))).hasMessage("no memory");
        assertThat(engine.open).hasSize(blocks);
        engine.failsIn = -1;
        assertThat(network.step(SmallBlocks.batch(2, 1), k -> 0.1)).hasSize(3);
        assertThat(network.scores(SmallBlocks.batch(2, 1))).hasSize(3);
        assertThat(engine.open).hasSize(blocks);
      }
      assertThat(engine.open).isEmpty();
    }
  }

  /** An engine that computes nothing and knows what is open. */
  private static final class Counted implements Engine {
    private final List<Object> open = new ArrayList<>();
    private boolean closed;
    private int failsAt = -1;
    private int failsIn = -1;
    private int built;

    @Override
    public String name() {
      return "counted";
    }

    @Override
    public EngineDescription description() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Block block(BlockSpec spec, Shape input, int classes, RandomGenerator random) {
      if (built == failsAt) {
        throw new IllegalStateException("no memory");
      }
      return new CountedBlock(this, spec, built++ % 3);
    }

    @Override
    public Signal signal(Batch batch) {
      return new CountedSignal(open, batch.rows());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class CountedSignal implements Signal {
    private final List<Object> open;
    private final int rows;

    CountedSignal(List<Object> open, int rows) {
      this.open = open;
      this.rows = rows;
      open.add(this);
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
    public float[] toArray() {
      return new float[0];
    }

    @Override
    public void close() {
      open.remove(this);
    }
  }

  private record CountedBlock(Counted engine, BlockSpec spec, int index) implements Block {
    CountedBlock {
      engine.open.add(List.of("block", index));
    }

    private Signal next(Signal in) {
      if (engine.failsIn == index) {
        throw new IllegalStateException("no memory");
      }
      return new CountedSignal(engine.open, in.rows());
    }

    @Override
    public TensorTable parameters() {
      return new TensorTable(List.of());
    }

    @Override
    public TensorTable statistics() {
      return new TensorTable(List.of());
    }

    @Override
    public int length(StateKind kind) {
      return 0;
    }

    @Override
    public void read(StateKind kind, float[] into) {}

    @Override
    public void adopt(StateKind kind, float[] from) {}

    @Override
    public StepResult train(Signal in, double learningRate) {
      return new StepResult(next(in), true, in.rows(), 0, List.of());
    }

    @Override
    public Signal forward(Signal in) {
      return next(in);
    }

    @Override
    public float[] scores(Signal output) {
      return new float[0];
    }

    @Override
    public void close() {
      engine.open.remove(List.of("block", index));
    }
  }
}
