package io.blockwise.job.feed;

import java.util.List;

/** Rows that are in memory, as one window. */
public record HeldWindow(List<ImageRows> shards) implements Windows, Windows.Window {
  @Override
  public List<Integer> rows() {
    return List.of(shards.stream().mapToInt(ImageRows::count).sum());
  }

  @Override
  public Window next() {
    return this;
  }

  @Override
  public void close() {}
}
