package io.blockwise.job.report;

/** Where a run shows how far it is. Thread-safe. */
public interface ProgressDisplay {
  /** Shows the present state, unless the last one is too recent. */
  void update(Progress progress);

  /** Shows the state at the end of an epoch, to stay. */
  void epochDone(Progress progress);

  /** Says something that stays, on a line of its own. */
  void notice(String text);
}
