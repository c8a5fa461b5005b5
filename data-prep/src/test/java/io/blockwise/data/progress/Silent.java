package io.blockwise.data.progress;

/** Listens without doing anything. */
public enum Silent implements Progress {
  INSTANCE;

  @Override
  public void began(String what) {}

  @Override
  public void advanced(Step step, long done) {}
}
