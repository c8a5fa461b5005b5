package io.blockwise.model.engine.torch;

import io.blockwise.base.SplitMix;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a block leaves out of a batch: drawn from a generator of its own, as libtorch's is one for
 * the whole process. The masks depend on the batch's number and the block's, and on nothing that
 * another thread or block does. Used by the block's thread.
 */
final class Chance implements AutoCloseable {
  private final Host host;
  private final long ofBlock;
  private final Generator generator;

  /**
   * @param ofBlock tells the blocks of a network apart
   */
  Chance(Host host, long ofBlock) {
    this.host = host;
    this.ofBlock = ofBlock;
    generator = Scope.get(() -> torch.createCPUGenerator().retainReference());
  }

  /** The same at the beginning of a batch. */
  Chance of(long batch) {
    generator.set_current_seed(SplitMix.combine(batch, ofBlock));
    return this;
  }

  /** With a share of its values 0, and the others divided by what is left. */
  Tensor dropped(Tensor x, double share) {
    if (share == 0) {
      return x;
    }
    Tensor mask = host.empty(x.sizes().vec().get());
    mask.bernoulli_(1 - share, new GeneratorOptional(generator));
    return x.mul(host.onDevice(mask.div_(new Scalar(1 - share))));
  }

  @Override
  public void close() {
    generator.close();
  }
}
