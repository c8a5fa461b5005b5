package io.blockwise.model.engine;

/**
 * One field of a batch: an array for as many examples as fit, reused from batch to batch. Used by
 * one thread at a time.
 */
public sealed interface BatchField permits FloatField, TokenField {
  /** Examples that fit. */
  int capacity();
}
