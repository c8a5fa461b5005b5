package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.TokenValues;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.engine.TokenField;

/** Texts as they are in the data set. Immutable. */
final class TokenTransform implements FieldTransform {
  private static final long serialVersionUID = 1;

  @Override
  public TokenField allocate(int capacity) {
    return new TokenField(capacity);
  }

  @Override
  public TokenTransform withoutAugmentation() {
    return this;
  }

  @Override
  public Class<TokenValues> values() {
    return TokenValues.class;
  }

  @Override
  public void requireFit(FieldValues values, int rows) {
    int texts = ((TokenValues) values).rows();
    if (texts != rows) {
      throw new IllegalArgumentException("Invalid texts: " + texts + " (must be " + rows + ")");
    }
  }

  @Override
  public int length(FieldValues values, int row) {
    return ((TokenValues) values).length(row);
  }

  @Override
  public void apply(FieldValues values, int row, SplitMix random, BatchField into, int at) {
    ((TokenField) into).set(at, ((TokenValues) values).tokens(row));
  }
}
