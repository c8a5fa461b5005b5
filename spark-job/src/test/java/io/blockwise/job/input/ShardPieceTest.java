package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardPieceTest {
  @Test
  void wholeShardsShareAWindowInTheirOrder() {
    List<Shard> shards = shards(10, 10, 11, 10, 11);
    assertThat(ShardPiece.windows(shards, 21))
        .containsExactly(
            whole(shards.subList(0, 2)), whole(shards.subList(2, 4)), whole(shards.subList(4, 5)));
    assertThat(ShardPiece.windows(shards, 20))
        .containsExactly(
            whole(shards.subList(0, 2)),
            whole(shards.subList(2, 3)),
            whole(shards.subList(3, 4)),
            whole(shards.subList(4, 5)));
  }

  @Test
  void largeShardIsCutEvenly() {
    List<Shard> shards = shards(5, 23, 5);
    assertThat(ShardPiece.windows(shards, 10))
        .containsExactly(
            whole(shards.subList(0, 1)),
            List.of(new ShardPiece(shards.get(1), 0, 7)),
            List.of(new ShardPiece(shards.get(1), 7, 8)),
            List.of(new ShardPiece(shards.get(1), 15, 8)),
            whole(shards.subList(2, 3)));
  }

  @Test
  void everyRowIsInOneWindowWhateverTheSizes() {
    for (int most = 1; most < 40; most++) {
      List<Shard> shards = shards(1, 13, 2, 3, 39, 38, 1, 7);
      List<Long> rows = new ArrayList<>();
      for (List<ShardPiece> window : ShardPiece.windows(shards, most)) {
        assertThat(window.stream().mapToInt(ShardPiece::rows).sum()).isBetween(1, most);
        for (ShardPiece piece : window) {
          for (int i = 0; i < piece.rows(); i++) {
            rows.add(piece.shard().firstRow() + piece.from() + i);
          }
        }
      }
      assertThat(rows).isEqualTo(IntStream.range(0, 104).mapToObj(Long::valueOf).toList());
    }
  }

  private static List<ShardPiece> whole(List<Shard> shards) {
    return shards.stream().map(ShardPiece::whole).toList();
  }

  private static List<Shard> shards(int... rows) {
    List<Shard> shards = new ArrayList<>();
    long first = 0;
    for (int count : rows) {
      shards.add(new Shard("s" + shards.size(), first, count, 1, ""));
      first += count;
    }
    return shards;
  }
}
