package io.blockwise.model.engine.torch;

import io.blockwise.base.SplitMix;
import org.bytedeco.pytorch.Tensor;

/**
 * What a block leaves out of a batch: drawn by a generator of its own, as libtorch's is one for the
 * whole process. The masks depend on the batch's number and the block's, and on nothing that
 * another thread or block does. They are drawn on the host, a 16-bit number for each value, which
 * takes a tenth of the time of libtorch's. Used by the block's thread.
 */
final class Chance {
  private static final int ALL = 1 << Short.SIZE;
  private static final int PER_DRAW = Long.SIZE / Short.SIZE;

  private final Host host;
  private final long ofBlock;
  private SplitMix random;

  /**
   * @param ofBlock tells the blocks of a network apart
   */
  Chance(Host host, long ofBlock) {
    this.host = host;
    this.ofBlock = ofBlock;
    random = new SplitMix(ofBlock);
  }

  /** The same at the beginning of a batch. */
  Chance of(long batch) {
    random = new SplitMix(SplitMix.combine(batch, ofBlock));
    return this;
  }

  /**
   * With a share of its values 0, and the others divided by what is left.
   *
   * @param share to a 65,536th, of which at least one is left
   */
  Tensor dropped(Tensor x, double share) {
    int left = Math.max(1, (int) Math.rint((1 - share) * ALL));
    return left == ALL ? x : x.mul(mask(x, left));
  }

  private Tensor mask(Tensor x, int left) {
    float[] mask = new float[Math.toIntExact(x.numel())];
    float factor = (float) ALL / left;
    long draw = 0;
    for (int i = 0; i < mask.length; i++) {
      draw = i % PER_DRAW == 0 ? random.bits() : draw >>> Short.SIZE;
      mask[i] = (draw & ALL - 1) < left ? factor : 0;
    }
    return host.tensor(mask, mask.length, x.sizes().vec().get()).to(x.scalar_type());
  }
}
