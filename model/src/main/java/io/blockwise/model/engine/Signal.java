package io.blockwise.model.engine;

/**
 * What flows from one block to the next: the activation (owned by the engine, detached) and the
 * labels of its rows.
 *
 * <p>A signal belongs to whoever received it, who closes it once no block needs to read it any
 * more; the engine then reuses its memory. Closing twice does nothing. Handed from thread to
 * thread, used by one at a time.
 */
public interface Signal extends AutoCloseable {
  /** Rows of the activation: examples times views. */
  int rows();

  /** Labels, one per row; not to be changed. */
  int[] labels();

  /**
   * Copies the activation to the host, row-major in the canonical layout {@code [rows, C, H, W]}.
   */
  float[] toArray();

  @Override
  void close();
}
