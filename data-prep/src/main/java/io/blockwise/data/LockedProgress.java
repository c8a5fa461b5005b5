package io.blockwise.data;

import io.blockwise.base.files.DirectoryLock;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.Step;

/** Ends the work when its lock is lost: each report of progress asks for it. Immutable. */
record LockedProgress(DirectoryLock lock, Progress progress) implements Progress {
  @Override
  public void began(String what) {
    progress.began(what);
  }

  @Override
  public void advanced(Step step, long done) {
    lock.requireHeld();
    progress.advanced(step, done);
  }
}
