package io.blockwise.data.source;

import java.util.List;
import java.util.concurrent.ExecutionException;

/** Reads pieces of raw data wherever there is room for it. */
@FunctionalInterface
public interface Survey {
  /** What is found in each piece, in their order. */
  List<Piece.Census> of(List<? extends Piece> pieces)
      throws ExecutionException, InterruptedException;
}
