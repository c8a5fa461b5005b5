package io.blockwise.model.engine;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * What a step will have come to, for blocks that compute on its output meanwhile. For engines.
 * Thread-safe.
 */
public final class Pending<T> {
  private final CompletableFuture<T> value = new CompletableFuture<>();

  /** Known already. */
  public static <T> Pending<T> known(T value) {
    Pending<T> known = new Pending<>();
    known.set(value);
    return known;
  }

  /** Says it, once. */
  public void set(T known) {
    value.complete(known);
  }

  /** Says that nobody will ever know. */
  public void fail(Throwable cause) {
    value.completeExceptionally(cause);
  }

  /**
   * Waits until it is known.
   *
   * @throws IllegalStateException if nobody will ever know
   * @throws CancellationException if the thread is interrupted, which it still is then
   */
  public T await() {
    try {
      return value.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot go on: an earlier block has failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }
}
