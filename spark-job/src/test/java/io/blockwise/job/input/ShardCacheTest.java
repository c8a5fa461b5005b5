package io.blockwise.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.testing.Background;
import io.blockwise.testing.RandomSeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cache of 100 bytes for shards of as many bytes as they have rows. */
@Timeout(60) // what hangs shall fail
class ShardCacheTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final long CAPACITY = 100;

  private final Queue<String> begun = new ConcurrentLinkedQueue<>();
  private final Queue<String> read = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Consumer<Shard> whileReading = shard -> {};
  private final ShardCache cache = new ShardCache(CAPACITY, Shard::rows, this::read);

  private ShardCache.Claim claim(long bytes) throws InterruptedException {
    return cache.claim(bytes, () -> {});
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void shardsStayAsLongAsTheyFit() throws InterruptedException {
    for (int time = 0; time < 3; time++) {
      use(shard("a", 40), shard("b", 60));
    }
    assertThat(read).containsExactly("a", "b");
    assertThat(cache.cachedBytes()).isEqualTo(100);
    assertThat(cache.claimedBytes()).isZero();
  }

  @Test
  void leastRecentlyUsedGoesFirst() throws InterruptedException {
    use(shard("a", 40));
    use(shard("b", 40));
    use(shard("a", 40));
    use(shard("c", 40)); // in place of b
    use(shard("a", 40));
    use(shard("b", 40)); // in place of c
    assertThat(read).containsExactly("a", "b", "c", "b");
    assertThat(cache.cachedBytes()).isEqualTo(80);
  }

  @Test
  void pinnedShardIsNotGivenUp() throws InterruptedException {
    try (ShardCache.Claim claim = claim(40)) {
      ShardCache.Pin first = claim.pin(shard("a", 40));
      use(shard("b", 60));
      use(shard("c", 60));
      use(shard("a", 40));
      assertThat(read).containsExactly("a", "b", "c");
      assertThat(first.rows().count()).isEqualTo(40);
      first.close();
      first.close();
    }
    use(shard("d", 60)); // a was used last, c goes
    use(shard("a", 40));
    assertThat(read).containsExactly("a", "b", "c", "d");
    use(shard("e", 90));
    use(shard("a", 40));
    assertThat(read).endsWith("e", "a");
  }

  @Test
  void shardIsPinnedUntilTheLastOfItsUsersLetsItGo() throws InterruptedException {
    try (ShardCache.Claim one = claim(30)) {
      ShardCache.Claim other = claim(30);
      one.pin(shard("a", 30));
      other.pin(shard("a", 30));
      assertThat(cache.cachedBytes()).isEqualTo(30);
      other.close();
      use(shard("b", 70));
      use(shard("c", 70));
      use(shard("a", 30));
      assertThat(read).containsExactly("a", "b", "c");
    }
  }

  @Test
  void twoThreadsThatWantAShardReadItOnce() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    whileReading = shard -> pass(go);
    Background<Rows> first = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    Background<Rows> second = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    assertThat(begun).containsExactly("a");
    go.countDown();
    assertThat(second.result()).isSameAs(first.result());
    assertThat(begun).containsExactly("a");
  }

  @Test
  void waitingForAFailedReaderMeansReadingOneself() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean fails = new AtomicBoolean(true);
    whileReading =
        shard -> {
          pass(go);
          if (fails.getAndSet(false)) {
            throw new IllegalStateException("a cable is loose");
          }
        };
    Background<Rows> first = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    Background<Rows> second = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    go.countDown();
    assertThat(first.failure()).hasMessage("a cable is loose");
    assertThat(second.result().count()).isEqualTo(20);
    assertThat(begun).containsExactly("a", "a");
    assertThat(cache.cachedBytes()).isEqualTo(20);
  }

  @Test
  void whoWaitsForAReaderCanBeInterruptedAndLeavesNothingPinned() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    whileReading = shard -> pass(go);
    Background<Rows> first = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    Background<Rows> second = Background.startAndAwaitWaiting(() -> use(shard("a", 20)));
    second.interrupt();
    assertThat(second.failure()).isInstanceOf(InterruptedException.class);
    assertThat(cache.claimedBytes()).isEqualTo(20);
    go.countDown();
    assertThat(first.result().count()).isEqualTo(20);
    use(shard("all", 100)); // in place of a, which nobody has pinned any more
    assertThat(cache.cachedBytes()).isEqualTo(100);
  }

  @Test
  void claimWaitsForOthersToEnd() throws Exception {
    ShardCache.Claim first = claim(60);
    first.pin(shard("a", 60));
    Background<Rows> second = Background.startAndAwaitWaiting(() -> use(shard("b", 50)));
    assertThat(use(shard("c", 40)).count()).isEqualTo(40); // fits beside the first
    second.awaitWaiting();
    assertThat(read).containsExactly("a", "c");
    first.close();
    assertThat(second.result().count()).isEqualTo(50);
  }

  @Test
  void whoWaitsForAClaimCanBeInterruptedAndClaimsNothing() throws Exception {
    ShardCache.Claim first = claim(60);
    Background<ShardCache.Claim> second = Background.startAndAwaitWaiting(() -> claim(50));
    second.interrupt();
    assertThat(second.failure()).isInstanceOf(InterruptedException.class);
    assertThat(cache.claimedBytes()).isEqualTo(60);
    first.close();
    assertThat(use(shard("all", 100)).count()).isEqualTo(100);
  }

  @Test
  void claimAndPinBeyondWhatIsAllowedAreRefused() throws InterruptedException {
    assertThatThrownBy(() -> claim(101)).hasMessage("a claim of 101 bytes of 100");
    ShardCache.Claim claim = claim(50);
    claim.pin(shard("a", 30));
    assertThatThrownBy(() -> claim.pin(shard("b", 21)))
        .hasMessage("21 bytes of a claim that has 20");
    claim.close();
    assertThatThrownBy(() -> claim.pin(shard("a", 30))).hasMessageEndingWith("and is closed");
  }

  /** Forty shards of 10 to 20 bytes, eight threads that want one to five at a time. */
  @Test
  void boundHoldsWhenThreadsRace() throws Exception {
    Map<String, Integer> inMemory = new ConcurrentHashMap<>();
    whileReading =
        shard -> {
          assertThat(inMemory.merge(shard.file(), 1, Integer::sum)).isEqualTo(1);
          assertThat(cache.cachedBytes()).isLessThanOrEqualTo(CAPACITY);
          inMemory.remove(shard.file());
        };
    List<Callable<Void>> users = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = SEED.random(i);
      users.add(
          () -> {
            for (int lease = 0; lease < 400; lease++) {
              useSome(random);
              assertThat(cache.cachedBytes()).isLessThanOrEqualTo(CAPACITY);
            }
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(users)) {
      done.get();
    }
    assertThat(cache.claimedBytes()).isZero();
    assertThat(cache.cachedBytes()).isBetween(1L, CAPACITY);
    use(shard("all", 100)); // nothing is pinned any more
    assertThat(cache.cachedBytes()).isEqualTo(100);
  }

  private void useSome(Random random) throws InterruptedException {
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i <= random.nextInt(5); i++) {
      int number = random.nextInt(40);
      shards.add(shard("s" + number, 10 + number % 11));
    }
    long needed = shards.stream().mapToLong(Shard::rows).sum();
    try (ShardCache.Claim claim = claim(Math.min(CAPACITY, needed + 5 * random.nextInt(2)))) {
      for (Shard shard : shards) {
        assertThat(claim.pin(shard).rows().count()).isEqualTo(shard.rows());
      }
    }
  }

  /** Pins all, returns the rows of the first. */
  private Rows use(Shard... shards) throws InterruptedException {
    try (ShardCache.Claim claim = claim(List.of(shards).stream().mapToLong(Shard::rows).sum())) {
      List<Rows> rows = new ArrayList<>();
      for (Shard shard : shards) {
        rows.add(claim.pin(shard).rows());
      }
      return rows.get(0);
    }
  }

  private Rows read(Shard shard) {
    begun.add(shard.file());
    whileReading.accept(shard);
    read.add(shard.file());
    return new Rows(0, new int[shard.rows()], Map.of());
  }

  private static Shard shard(String name, int rows) {
    return new Shard(name, 0, rows, 1, "");
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
