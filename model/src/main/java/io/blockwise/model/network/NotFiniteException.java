package io.blockwise.model.network;

/** A block's loss or gradient was not finite in too many batches in a row. */
public final class NotFiniteException extends IllegalStateException {
  NotFiniteException(String message) {
    super(message);
  }
}
