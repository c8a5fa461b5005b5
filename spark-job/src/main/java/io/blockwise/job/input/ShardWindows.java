package io.blockwise.job.input;

import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.job.feed.Windows;
import java.util.ArrayList;
import java.util.List;

/** Reads shards window by window, within one claim on the cache. Used by one thread at a time. */
final class ShardWindows implements Windows {
  private final ShardCache.Claim claim;
  private final List<List<Shard>> windows;
  private final Runnable progress;
  private int next;

  /**
   * @param claim closed with this; large enough for any two windows that follow each other
   * @param progress runs whenever a batch of the rows is done with
   */
  ShardWindows(ShardCache.Claim claim, List<List<Shard>> windows, Runnable progress) {
    this.claim = claim;
    this.progress = progress;
    this.windows = windows;
  }

  @Override
  public List<Integer> rows() {
    return windows.stream().map(ShardWindows::rows).toList();
  }

  private static int rows(List<Shard> window) {
    return Math.toIntExact(window.stream().mapToLong(Shard::rows).sum());
  }

  @Override
  public Window next() throws InterruptedException {
    List<ShardCache.Pin> pins = new ArrayList<>();
    for (Shard shard : windows.get(next)) {
      pins.add(claim.pin(shard));
    }
    next++;
    return new Pinned(List.copyOf(pins));
  }

  @Override
  public void usedBatch() {
    progress.run();
  }

  @Override
  public void close() {
    claim.close();
  }

  private record Pinned(List<ShardCache.Pin> pins) implements Window {
    @Override
    public List<Rows> shards() {
      return pins.stream().map(ShardCache.Pin::rows).toList();
    }

    @Override
    public void close() {
      pins.forEach(ShardCache.Pin::close);
    }
  }
}
