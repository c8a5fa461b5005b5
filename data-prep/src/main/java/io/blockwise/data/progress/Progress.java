package io.blockwise.data.progress;

/** Hears how far the preparation is. Called by one thread at a time. */
public interface Progress {
  /** Something begins that says no more until it is over. */
  void began(String what);

  /**
   * A step went on.
   *
   * @param done of {@link Step#total}, never falling within a step unless it starts over
   */
  void advanced(Step step, long done);
}
