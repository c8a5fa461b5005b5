package io.blockwise.job.feed;

import io.blockwise.data.dataset.Rows;
import java.util.List;

/** Rows that are in memory, as one window. */
public record HeldWindow(List<Rows> shards) implements Windows, Windows.Window {
  @Override
  public List<Integer> rows() {
    return List.of(shards.stream().mapToInt(Rows::count).sum());
  }

  @Override
  public Window next() {
    return this;
  }

  @Override
  public void close() {}
}
