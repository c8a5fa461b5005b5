package io.blockwise.job.input;

import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;
import io.blockwise.job.cli.Interruption;

/** Ends the work when the process is told to end: each report of progress asks. Immutable. */
record InsistentProgress(Progress progress) implements Progress {
  @Override
  public void began(String what) {
    Interruption.insist();
    progress.began(what);
  }

  @Override
  public void advanced(Step step, long done) {
    Interruption.insist();
    progress.advanced(step, done);
  }
}
