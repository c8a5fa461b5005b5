package io.blockwise.model.averaging.replica;

import static io.blockwise.model.engine.StateKind.PARAMETERS;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.codec.Payload;
import io.blockwise.model.engine.Block;

/**
 * The arithmetic of a replica under rule {@code elastic}: {@code d = dec(enc(alpha (x - a)))}; once
 * that is settled {@code x <- x - d}, {@code a <- g}. The value stays the worker's own, and is only
 * drawn towards the ledger's; what the codec loses stays in {@code x}. Here {@code p} is {@code d}.
 * Used by the block's thread.
 */
final class ElasticValue extends LocalValue {
  private boolean copied;

  ElasticValue(Block block) {
    super(block);
  }

  @Override
  Payload copy() {
    copied = true;
    return super.copy();
  }

  @Override
  Payload delta(Codec codec, int members) {
    copied = false;
    float alpha = (float) AveragingOptions.elasticPull(members);
    block.read(PARAMETERS, p);
    for (int i = 0; i < p.length; i++) {
      p[i] = alpha * (p[i] - a[i]);
    }
    return told(codec);
  }

  /** Goes back by what was pushed, if it was a part of the distance and not the value itself. */
  @Override
  void adopt(BlockState g) {
    if (!copied) {
      block.read(PARAMETERS, x);
      for (int i = 0; i < x.length; i++) {
        x[i] -= p[i];
      }
      block.adopt(PARAMETERS, x);
    }
    base(g);
  }

  /** Nothing has been pushed since {@code a}: {@code a <- g}. */
  @Override
  void resume(BlockState g) {
    base(g);
  }

  @Override
  boolean followsLedger() {
    return false;
  }
}
