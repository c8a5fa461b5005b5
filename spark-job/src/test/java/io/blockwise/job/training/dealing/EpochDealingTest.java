package io.blockwise.job.training.dealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.Shard;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EpochDealingTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  @ParameterizedTest
  @CsvSource({"1, 1", "8, 1", "8, 2", "8, 3", "8, 8", "13, 5"})
  void everyShardIsDealtOnceAndSharesDifferByAtMostOne(int count, int workers) {
    List<Shard> shards = shards(count);
    EpochDealing dealing = new EpochDealing(shards, workers, SEED.of(0), 1, true);
    List<Shard> dealt = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      List<Shard> share = dealing.share(worker);
      List<Shard> taken = dealing.take(worker, Integer.MAX_VALUE, Set.of());
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
    return new EpochDealing(shards(20), 2, SEED.of(seed), epoch, true).share(1);
  }

  @Test
  void aWorkerThatIsThroughTakesOverOnlyIfAllowed() {
    EpochDealing own = new EpochDealing(shards(8), 2, 1, 1, true);
    assertThat(own.take(0, 4, Set.of())).hasSize(4);
    assertThat(own.take(0, 4, Set.of())).isEmpty();
    assertThat(own.take(1, 9, Set.of())).hasSize(4);

    EpochDealing shared = new EpochDealing(shards(8), 2, 1, 1, false);
    List<Shard> begunLast = shared.share(1).subList(0, 3);
    assertThat(shared.take(0, 4, Set.of())).hasSize(4);
    assertThat(shared.take(0, 3, Set.of())).isEqualTo(begunLast);
    assertThat(shared.take(1, 9, Set.of())).hasSize(1);
    assertThat(shared.take(0, 1, Set.of())).isEmpty();
    assertThat(shared.take(1, 1, Set.of())).isEmpty();
  }

  @Test
  void whatIsTakenOverIsTheLargestRemainder() {
    EpochDealing dealing = new EpochDealing(shards(9), 3, 1, 1, false);
    Shard next = dealing.share(2).get(0);
    assertThat(dealing.take(0, 3, Set.of())).hasSize(3);
    assertThat(dealing.take(1, 1, Set.of())).hasSize(1);
    assertThat(dealing.take(0, 1, Set.of())).containsExactly(next);
  }

  @Test
  void whatIsInMemoryComesFirstWhoseverShareItIsIn() {
    EpochDealing dealing = new EpochDealing(shards(8), 2, 1, 1, false);
    Set<Shard> cached = Set.of(dealing.share(0).get(3), dealing.share(1).get(2));
    assertThat(dealing.take(0, 3, cached)).containsExactlyInAnyOrderElementsOf(cached);
    assertThat(dealing.take(0, 3, cached)).isEqualTo(firstThree());
    assertThat(new EpochDealing(shards(8), 2, 1, 1, true).take(0, 4, cached))
        .as("a deterministic dealing does not look at memory")
        .isEqualTo(new EpochDealing(shards(8), 2, 1, 1, true).share(0));
  }

  private static List<Shard> firstThree() {
    return new EpochDealing(shards(8), 2, 1, 1, false).share(0).subList(0, 3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatALostWorkerHadIsDealtToWhoeverAsksNext(boolean deterministic) {
    EpochDealing dealing = new EpochDealing(shards(8), 2, 1, 1, deterministic);
    List<Shard> lost = dealing.take(0, 4, Set.of());
    assertThat(dealing.take(1, 4, Set.of())).hasSize(4);
    assertThat(dealing.isEmpty()).isTrue();
    dealing.giveBack(lost);
    assertThat(dealing.isEmpty()).isFalse();
    assertThat(dealing.take(1, 4, Set.of())).isEqualTo(lost);
    assertThat(dealing.isEmpty()).isTrue();
  }

  @Test
  void workerThatJoinedLaterTakesOverToo() {
    EpochDealing dealing = new EpochDealing(shards(8), 2, 1, 1, false);
    assertThat(dealing.take(2, 3, Set.of())).hasSize(3);
  }

  private static List<Shard> shards(int count) {
    return Collections.unmodifiableList(
        IntStream.range(0, count)
            .mapToObj(i -> new Shard("train/shard-" + i, 10L * i, 10, 1, "00"))
            .toList());
  }
}
