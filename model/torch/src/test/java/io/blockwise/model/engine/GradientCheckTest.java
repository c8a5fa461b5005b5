package io.blockwise.model.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.engine.torch.TorchEngine;
import io.blockwise.model.spec.BlockSpec;
import io.blockwise.model.spec.Border;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Breaks the way back of one tensor after the other: each time the check has to fail. */
@Tag("thorough")
class GradientCheckTest {
  @Test
  void halfOfATensorsGradientIsNotEnough() {
    List<BlockSpec> blocks = new ArrayList<>(GradientCheck.blocks());
    blocks.addAll(GradientCheck.similarityBlocks());
    for (BlockSpec spec : blocks) {
      BlockLayout layout = BlockLayout.of(spec, SmallBlocks.BORDER, 3);
      for (TensorTable.Entry tensor : layout.parameters().entries()) {
        // where nothing is right, half of it is as well
        float more = GradientCheck.hasNoEffect(spec, SmallBlocks.BORDER, tensor.name()) ? 1e-3f : 0;
        assertThatThrownBy(
                () -> {
                  try (Engine broken = new Broken(new TorchEngine(), tensor, more)) {
                    GradientCheck.run(broken, spec, tensor.name()::equals);
                  }
                })
            .as("%s of %s", tensor, spec)
            .isInstanceOf(AssertionError.class)
            .hasMessageContaining("slope");
      }
    }
  }

  /** An engine whose blocks see half of one tensor's gradient, and something more. */
  private record Broken(Engine engine, TensorTable.Entry tensor, float more) implements Engine {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public EngineDescription description() {
      return engine.description();
    }

    @Override
    public Block block(BlockSpec spec, Border in, int classes, RandomGenerator random) {
      return new BrokenBlock(engine.block(spec, in, classes, random), tensor, more);
    }

    @Override
    public Signal signal(Batch batch) {
      return engine.signal(batch);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  private record BrokenBlock(Block block, TensorTable.Entry tensor, float more) implements Block {
    @Override
    public Step train(Signal in, Pace pace) {
      float[] before = States.read(block, StateKind.PARAMETERS);
      Step step = block.train(in, pace);
      float[] after = States.read(block, StateKind.PARAMETERS);
      for (int i = tensor.offset(); i < tensor.offset() + tensor.length(); i++) {
        float gradient = pace.rate() == 0 ? 0 : (before[i] - after[i]) / 2 + more;
        after[i] = before[i] - gradient;
      }
      block.adopt(StateKind.PARAMETERS, after);
      return step;
    }

    @Override
    public BlockSpec spec() {
      return block.spec();
    }

    @Override
    public TensorTable parameters() {
      return block.parameters();
    }

    @Override
    public TensorTable statistics() {
      return block.statistics();
    }

    @Override
    public int length(StateKind kind) {
      return block.length(kind);
    }

    @Override
    public void read(StateKind kind, float[] into) {
      block.read(kind, into);
    }

    @Override
    public void adopt(StateKind kind, float[] from) {
      block.adopt(kind, from);
    }

    @Override
    public Signal forward(Signal in) {
      return block.forward(in);
    }

    @Override
    public Signal answer(Signal output) {
      return block.answer(output);
    }

    @Override
    public void close() {
      block.close();
    }
  }
}
