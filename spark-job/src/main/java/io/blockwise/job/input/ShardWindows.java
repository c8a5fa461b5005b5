package io.blockwise.job.input;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.ImageShardStream;
import io.blockwise.job.feed.ImageRows;
import io.blockwise.job.feed.Windows;
import java.util.ArrayList;
import java.util.List;

/** Reads shards window by window, within one claim on the cache. Used by one thread at a time. */
final class ShardWindows implements Windows {
  private final Dataset dataset;
  private final ShardCache.Claim claim;
  private final List<List<ShardPiece>> windows;
  private int next;

  /** Of the shard that is read in pieces, if it is one. */
  private ImageShardStream stream;

  /**
   * @param claim closed with this; large enough for any two windows that follow each other
   */
  ShardWindows(Dataset dataset, ShardCache.Claim claim, List<List<ShardPiece>> windows) {
    this.dataset = dataset;
    this.claim = claim;
    this.windows = windows;
  }

  @Override
  public List<Integer> rows() {
    return windows.stream()
        .map(window -> window.stream().mapToInt(ShardPiece::rows).sum())
        .toList();
  }

  @Override
  public Window next() throws InterruptedException {
    List<ShardCache.Pin> pins = new ArrayList<>();
    for (ShardPiece piece : windows.get(next)) {
      pins.add(piece.isWhole() ? claim.pin(piece.shard()) : hold(piece));
    }
    next++;
    return new Pinned(List.copyOf(pins));
  }

  private ShardCache.Pin hold(ShardPiece piece) {
    long bytes = ImageMemory.bytes(dataset, piece.rows());
    return claim.hold(bytes, () -> read(piece));
  }

  private ImageRows read(ShardPiece piece) {
    if (piece.from() == 0) {
      stream = dataset.stream(piece.shard());
    }
    ImageRows rows = Images.rows(stream.next(piece.rows()));
    if (piece.isLast()) {
      closeStream();
    }
    return rows;
  }

  private void closeStream() {
    if (stream != null) {
      ImageShardStream done = stream;
      stream = null;
      done.close();
    }
  }

  @Override
  public void close() {
    try {
      closeStream();
    } finally {
      claim.close();
    }
  }

  private record Pinned(List<ShardCache.Pin> pins) implements Window {
    @Override
    public List<ImageRows> shards() {
      return pins.stream().map(ShardCache.Pin::rows).toList();
    }

    @Override
    public void close() {
      pins.forEach(ShardCache.Pin::close);
    }
  }
}
