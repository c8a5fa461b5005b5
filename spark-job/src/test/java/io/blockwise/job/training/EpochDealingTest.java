package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Shard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochDealingTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "8, 1", "8, 2", "8, 3", "8, 8", "13, 5"})
  void everyShardIsDealtOnceAndSharesDifferByAtMostOne(int count, int workers) {
    List<Shard> shards = shards(count);
    EpochDealing dealing = new EpochDealing(shards, workers, 1, 1, false);
    List<Shard> dealt = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      List<Shard> share = dealing.share(worker);
      List<Shard> taken = dealing.take(worker, Integer.MAX_VALUE);
      assertThat(taken).isEqualTo(share);
      assertThat(taken.size()).isBetween(count / workers, (count + workers - 1) / workers);
      dealt.addAll(taken);
    }
    assertThat(dealt).containsExactlyInAnyOrderElementsOf(shards);
  }

  @Test
  void aShareIsAFunctionOfSeedEpochAndWorker() {
    List<List<Shard>> seen = new ArrayList<>();
    for (long seed = 1; seed <= 3; seed++) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        List<Shard> share = share(seed, epoch);
        assertThat(share(seed, epoch)).isEqualTo(share);
        seen.add(share);
      }
    }
    assertThat(new HashSet<>(seen)).as("seeds and epochs deal differently").hasSize(9);
  }

  private static List<Shard> share(long seed, int epoch) {
    return new EpochDealing(shards(20), 2, seed, epoch, false).share(1);
  }

  @Test
  void aWorkerThatIsThroughTakesOverOnlyIfAllowed() {
    EpochDealing own = new EpochDealing(shards(8), 2, 1, 1, false);
    assertThat(own.take(0, 4)).hasSize(4);
    assertThat(own.take(0, 4)).isEmpty();
    assertThat(own.take(1, 9)).hasSize(4);

    EpochDealing shared = new EpochDealing(shards(8), 2, 1, 1, true);
    List<Shard> begunLast = shared.share(1).subList(0, 3);
    assertThat(shared.take(0, 4)).hasSize(4);
    assertThat(shared.take(0, 3)).isEqualTo(begunLast);
    assertThat(shared.take(1, 9)).hasSize(1);
    assertThat(shared.take(0, 1)).isEmpty();
    assertThat(shared.take(1, 1)).isEmpty();
  }

  @Test
  void whatIsTakenOverIsTheLargestRemainder() {
    EpochDealing dealing = new EpochDealing(shards(9), 3, 1, 1, true);
    Shard next = dealing.share(2).get(0);
    assertThat(dealing.take(0, 3)).hasSize(3);
    assertThat(dealing.take(1, 1)).hasSize(1);
    assertThat(dealing.take(0, 1)).containsExactly(next);
  }

  @Test
  void racingWorkersGetEveryShardOnce() throws Exception {
    List<Shard> shards = shards(500);
    EpochDealing dealing = new EpochDealing(shards, 4, 1, 1, true);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<List<Shard>>> workers =
          IntStream.range(0, 4)
              .<Callable<List<Shard>>>mapToObj(worker -> () -> all(dealing, worker))
              .toList();
      List<Shard> dealt = new ArrayList<>();
      for (Future<List<Shard>> one : threads.invokeAll(workers)) {
        dealt.addAll(one.get());
      }
      assertThat(dealt).containsExactlyInAnyOrderElementsOf(shards);
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Shard> all(EpochDealing dealing, int worker) {
    List<Shard> taken = new ArrayList<>();
    List<Shard> some = dealing.take(worker, 1 + worker);
    while (!some.isEmpty()) {
      taken.addAll(some);
      some = dealing.take(worker, 1 + worker);
    }
    return taken;
  }

  private static List<Shard> shards(int count) {
    return Collections.unmodifiableList(
        IntStream.range(0, count)
            .mapToObj(i -> new Shard("train/shard-" + i, 10L * i, 10, 1, "00"))
            .toList());
  }
}
