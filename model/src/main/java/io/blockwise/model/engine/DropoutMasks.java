package io.blockwise.model.engine;

import io.blockwise.base.SplitMix;

/**
 * What a block leaves out of a batch: drawn on the host by a generator of the block's own, a 16-bit
 * number for each value. The masks depend on the batch's number and the block's, and on nothing
 * that another thread, block or engine does. Used by the block's thread.
 */
public final class DropoutMasks {
  private static final int ALL = 1 << Short.SIZE;
  private static final int PER_DRAW = Long.SIZE / Short.SIZE;

  private final long ofBlock;
  private SplitMix random;

  /**
   * The masks of a block.
   *
   * @param ofBlock tells the blocks of a network apart
   */
  public DropoutMasks(long ofBlock) {
    this.ofBlock = ofBlock;
    random = new SplitMix(ofBlock);
  }

  /** Begins with a batch, of which {@link Batch#chance} decides. */
  public void begin(long batch) {
    random = new SplitMix(SplitMix.combine(batch, ofBlock));
  }

  /** Whether so small a share leaves nothing out. */
  public static boolean leavesAll(double share) {
    return left(share) == ALL;
  }

  /**
   * The next mask of the batch, to multiply values by: 0 for a share of them, and for the others
   * what makes up for it.
   *
   * @param count of values
   * @param share to a 65,536th, of which at least one is left
   */
  public float[] next(int count, double share) {
    int left = left(share);
    float factor = (float) ALL / left;
    float[] mask = new float[count];
    long draw = 0;
    for (int i = 0; i < count; i++) {
      draw = i % PER_DRAW == 0 ? random.bits() : draw >>> Short.SIZE;
      mask[i] = (draw & ALL - 1) < left ? factor : 0;
    }
    return mask;
  }

  private static int left(double share) {
    return Math.max(1, (int) Math.rint((1 - share) * ALL));
  }
}
