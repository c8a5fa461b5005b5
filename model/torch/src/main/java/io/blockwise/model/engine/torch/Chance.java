package io.blockwise.model.engine.torch;

import io.blockwise.model.engine.DropoutMasks;
import org.bytedeco.pytorch.Tensor;

/**
 * What a block leaves out of a batch: drawn by a generator of its own, as libtorch's is one for the
 * whole process. The masks are drawn on the host, which takes a tenth of the time of libtorch's.
 * Used by the block's thread.
 */
final class Chance {
  private final Host host;
  private final DropoutMasks masks;

  /**
   * @param ofBlock tells the blocks of a network apart
   */
  Chance(Host host, long ofBlock) {
    this.host = host;
    masks = new DropoutMasks(ofBlock);
  }

  /** The same at the beginning of a batch. */
  Chance of(long batch) {
    masks.begin(batch);
    return this;
  }

  /**
   * With a share of its values 0, and the others divided by what is left.
   *
   * @param share to a 65,536th, of which at least one is left
   */
  Tensor dropped(Tensor x, double share) {
    return DropoutMasks.leavesAll(share) ? x : x.mul(mask(x, share));
  }

  private Tensor mask(Tensor x, double share) {
    float[] mask = masks.next(Math.toIntExact(x.numel()), share);
    return host.tensor(mask, mask.length, x.sizes().vec().get()).to(x.scalar_type());
  }
}
