package io.blockwise.base.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.testing.RemoteFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryLockTest {
  private static final LockTimes FAST = times(Duration.ofMinutes(2), Duration.ofHours(6));

  private final Storage storage = new Storage(RemoteFileSystems.configuration(""));
  private final LinkedBlockingQueue<String> notices = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir java.nio.file.Path folder;

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "tree"})
  void oneAtATime(String scheme) throws Exception {
    AtomicInteger inside = new AtomicInteger();
    List<Future<Integer>> all = new ArrayList<>();
    CountDownLatch together = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      all.add(
          threads.submit(
              () -> {
                together.countDown();
                together.await();
                try (DirectoryLock lock = acquire(scheme, FAST)) {
                  int now = inside.incrementAndGet();
                  lock.requireStillHeld();
                  inside.decrementAndGet();
                  return now;
                }
              }));
    }
    for (Future<Integer> one : all) {
      assertThat(one.get()).isEqualTo(1);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void whoWaitsSaysForWhomAndGoesOnWhenTheOtherHasFinished() throws Exception {
    DirectoryLock first = acquire("file", FAST);
    Future<DirectoryLock> second = threads.submit(() -> acquire("file", FAST));
    assertThat(notices.take())
        .startsWith("Waiting for process " + ProcessHandle.current().pid() + " on ")
        .endsWith(", which writes " + path("file"));
    assertThat(second.isDone()).isFalse();
    first.close();
    second.get().close();
    assertThat(notices).isEmpty();
  }

  @Test
  void lockOfAnOwnerThatGivesNoSignOfLifeIsTakenOver() throws Exception {
    Files.createFile(folder.resolve(".data.lock-elsewhere-4026531836-17-0123456789abcdef"));
    try (DirectoryLock lock = acquire("file", times(Duration.ofMillis(50), Duration.ofHours(1)))) {
      lock.requireStillHeld();
    }
    assertThat(notices)
        .containsExactly(
            "Waiting for process 17 on elsewhere, which writes " + path("file"),
            "Taking "
                + path("file")
                + " over from process 17 on elsewhere, which has given no sign of life for 0 s");
    assertThat(files()).isEmpty();
  }

  @Test
  void ownerRenewsItsLock() throws Exception {
    try (DirectoryLock lock = acquire("file", FAST)) {
      java.nio.file.Path file = listed().get(0);
      for (int time = 0; time < 2; time++) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        while (Files.getLastModifiedTime(file).toMillis() == 0) {
          Thread.onSpinWait();
        }
      }
      lock.requireStillHeld();
    }
  }

  @Test
  void nobodyWaitsForEver() throws Exception {
    DirectoryLock first = acquire("file", FAST);
    assertThatThrownBy(() -> acquire("file", times(Duration.ofMinutes(2), Duration.ofNanos(1))))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "Cannot write file:.*data: process \\d+ on \\S+ has been writing it for 0 minutes \\(end"
                + " that process, or delete .*\\.data\\.lock-.* if there is none\\)");
    first.requireStillHeld();
    first.close();
    assertThat(files()).isEmpty();
  }

  @Test
  void whoDoesNotWaitIsRefusedByAProcessThatIsSeenToRun() throws Exception {
    try (DirectoryLock first = acquire("file", FAST)) {
      assertThatThrownBy(() -> acquire("file", LockTimes.refusing(Duration.ofMinutes(2))))
          .isInstanceOf(UserException.class)
          .hasMessageMatching(
              "Cannot write file:.*data: process \\d+ on \\S+ is writing it \\(wait until it has"
                  + " ended, or end it\\)");
      first.requireStillHeld();
    }
  }

  @Test
  void whoDoesNotWaitIsRefusedByAnOwnerElsewhereThatGivesASignOfLife() throws Exception {
    java.nio.file.Path file =
        Files.createFile(folder.resolve(".data.lock-elsewhere-4026531836-17-0123456789abcdef"));
    Future<DirectoryLock> second =
        threads.submit(() -> acquire("file", LockTimes.refusing(Duration.ofMinutes(2))));
    assertThat(notices.take()).startsWith("Waiting for process 17 on elsewhere");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertThatThrownBy(second::get)
        .hasMessageEndingWith(
            "data: process 17 on elsewhere is writing it (wait until it has ended, or end it)");
    assertThat(files()).hasSize(1);
  }

  @Test
  void whoDoesNotWaitTakesOverWhatHasExpired() throws Exception {
    Files.createFile(folder.resolve(".data.lock-elsewhere-4026531836-17-0123456789abcdef"));
    try (DirectoryLock lock = acquire("file", LockTimes.refusing(Duration.ofSeconds(1)))) {
      lock.requireStillHeld();
    }
    assertThat(notices).last().asString().startsWith("Taking ").endsWith("no sign of life for 1 s");
  }

  @Test
  void ownerWhoseLockWasTakenAwayHearsOfIt() throws Exception {
    try (DirectoryLock lock = acquire("file", FAST)) {
      for (java.nio.file.Path file : listed()) {
        Files.delete(file);
      }
      assertThatThrownBy(lock::requireStillHeld)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "Cannot write "
                  + path("file")
                  + ": another process has taken it over, since this one gave no sign of life for"
                  + " 120 s (start this one again)");
      assertThatThrownBy(lock::requireHeld).isInstanceOf(UserException.class);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void lockOfAProcessOfThisMachineThatHasEndedIsTakenOverAtOnce() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    String mine = LockOwner.fresh().name();
    String name = mine.replace("-" + ProcessHandle.current().pid() + "-", "-" + ended.pid() + "-");
    Files.createFile(folder.resolve(".data.lock-" + name));
    acquire("file", FAST).close();
    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("Taking ")
        .contains(" over from process " + ended.pid() + " on ")
        .endsWith(", which has ended");
  }

  @Test
  void locksOfOtherDirectoriesAreNoneOfIt() throws Exception {
    Files.createFile(folder.resolve(".data.lock"));
    Files.createFile(folder.resolve(".data2.lock-elsewhere-1-17-0123456789abcdef"));
    acquire("file", FAST).close();
    assertThat(notices).isEmpty();
    assertThat(files()).hasSize(2);
  }

  private DirectoryLock acquire(String scheme, LockTimes times)
      throws IOException, InterruptedException {
    return DirectoryLock.acquire(storage, path(scheme), times, notices::add);
  }

  private static LockTimes times(Duration stale, Duration patience) {
    return new LockTimes(Duration.ofMillis(20), stale, Duration.ofMillis(10), patience);
  }

  private Path path(String scheme) {
    return new Path(scheme, null, folder.resolve("data").toString());
  }

  private List<String> files() throws IOException {
    return listed().stream().map(file -> file.getFileName().toString()).toList();
  }

  private List<java.nio.file.Path> listed() throws IOException {
    try (Stream<java.nio.file.Path> found = Files.list(folder)) {
      return found.toList();
    }
  }
}
