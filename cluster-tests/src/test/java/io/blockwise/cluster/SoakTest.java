package io.blockwise.cluster;

import static io.blockwise.job.ClusterProcess.localCluster;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.blockwise.base.files.Storage;
import io.blockwise.job.Blockwise;
import io.blockwise.job.ClusterProcess;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long training on two executors with everything on S3, while an executor is killed every two
 * minutes and S3 fails every minute, beside trainings that nothing disturbs. It takes more than an
 * hour. {@code -Dsoak.epochs} sets how much there is to do: the disturbed training has to last
 * twenty minutes.
 */
@Tag("soak")
@EnabledIfEnvironmentVariable(named = "BLOCKWISE_DATA", matches = ".+")
class SoakTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int EPOCHS = Integer.getInteger("soak.epochs", 90);
  private static final int SEEDS = 3;
  private static final int ROWS = 9_000;

  private static final Duration KILL = Duration.ofMinutes(2);
  private static final Duration FAIL = Duration.ofMinutes(1);
  private static final Duration LEAST = Duration.ofMinutes(20);
  private static final long MOST_SECONDS = 3 * 3600;

  /** How many requests each failure of S3 meets. */
  private static final int REQUESTS = 8;

  @TempDir Path directory;

  @Test
  void trainingThatIsDisturbedAllTheTimeEndsWhereOthersEnd() throws Exception {
    try (S3Server s3 = S3Server.start(directory);
        FaultProxy proxy = FaultProxy.before(s3.address())) {
      Disturbance disturbance = new Disturbance(proxy);
      Outcome disturbed = train(proxy.address(), "disturbed", 1, disturbance);
      System.out.printf(
          "Disturbed: %s; %d executors killed, %d failures of S3 met by %d requests%n",
          disturbed, disturbance.killed, disturbance.failures, disturbance.met.get());
      assertThat(disturbed.seconds())
          .as("seconds: set -Dsoak.epochs to more than %d", EPOCHS)
          .isGreaterThan(LEAST.toSeconds());
      assertThat(disturbance.killed).isGreaterThanOrEqualTo((int) LEAST.dividedBy(KILL) - 1);
      assertThat(disturbance.failures).isGreaterThanOrEqualTo((int) LEAST.dividedBy(FAIL) - 1);
      assertThat(disturbance.met.get()).isGreaterThanOrEqualTo(disturbance.failures);
      requireBalance(disturbed);

      List<Outcome> others = new ArrayList<>();
      for (int seed = 1; seed <= SEEDS; seed++) {
        Outcome other = train(s3.address(), "undisturbed-" + seed, seed, null);
        System.out.println("Undisturbed: " + other);
        requireBalance(other);
        others.add(other);
      }
      requireWithinSpread(disturbed, others);
    }
  }

  private Outcome train(InetSocketAddress s3, String run, int seed, Disturbance disturbance)
      throws Exception {
    String output = S3Server.path("/out");
    List<String> arguments =
        List.of(
            "train",
            conf(),
            "--set=output=" + output,
            "--set=run-id=" + run,
            "--set=model.name=" + run,
            "--set=seed=" + seed,
            "--set=engine=torch",
            "--set=vgg-small.width=16",
            "--set=workers=2",
            "--set=threads=1",
            "--set=checkpoint.interval=30s",
            "--set=training.epochs=" + EPOCHS);
    Path place = Files.createDirectories(directory.resolve(run));
    long start = System.nanoTime();
    try (ClusterProcess process =
        ClusterProcess.start(
            place,
            Blockwise.class,
            localCluster(2, 1, 1024),
            JobSettings.properties(S3Server.settings(s3)),
            arguments)) {
      while (disturbance != null && process.driver().isAlive()) {
        Thread.sleep(200);
        disturbance.go(process);
      }
      assertThat(process.exitCode(MOST_SECONDS)).as(process.errors()).isZero();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    Configuration configuration = S3Server.configuration(s3);
    ModelStore models =
        new ModelStore(configuration, new org.apache.hadoop.fs.Path(output, "models/" + run));
    return new Outcome(
        seconds, models.readLatest().metrics(), events(new Storage(configuration), output, run));
  }

  private static String conf() {
    return Path.of(System.getProperty("basedir", ""), "..", "conf", "cifar10-small.conf")
        .toAbsolutePath()
        .normalize()
        .toString();
  }

  private static List<JsonNode> events(Storage storage, String output, String run)
      throws IOException {
    var file = new org.apache.hadoop.fs.Path(output, "runs/" + run + "/events.jsonl");
    List<JsonNode> events = new ArrayList<>();
    for (String line : new String(storage.bytes(file), StandardCharsets.UTF_8).lines().toList()) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  /** Every row of every epoch was trained on once, and the fate of every push is known. */
  private static void requireBalance(Outcome outcome) {
    List<JsonNode> epochs = outcome.events("epoch");
    assertThat(epochs).hasSize(EPOCHS);
    assertThat(epochs)
        .allSatisfy(
            epoch ->
                assertThat(epoch.get("examples").asInt() + epoch.get("rows_left_out").asInt())
                    .isEqualTo(ROWS));
    JsonNode pushes = outcome.events("finished").get(0).get("metrics").get("pushes");
    long known = 0;
    for (String fate : List.of("accepted", "dropped", "duplicate", "fenced", "refused")) {
      known += pushes.get(fate).asLong();
    }
    assertThat(pushes.get("received").asLong()).isPositive().isEqualTo(known);
  }

  /** No block further from the others than these are from each other, or by a point. */
  private static void requireWithinSpread(Outcome disturbed, List<Outcome> others) {
    for (int block = 0; block < disturbed.accuracy().size(); block++) {
      int index = block;
      double least =
          others.stream().mapToDouble(each -> each.accuracy().get(index)).min().orElse(0);
      double most = others.stream().mapToDouble(each -> each.accuracy().get(index)).max().orElse(0);
      double margin = Math.max(most - least, 0.01);
      assertThat(disturbed.accuracy().get(block))
          .as("test accuracy of block %d", block)
          .isBetween(least - margin, most + margin);
    }
  }

  /**
   * What has come of a training.
   *
   * @param seconds wall clock, start of Spark included
   */
  private record Outcome(long seconds, Metrics metrics, List<JsonNode> all) {
    List<JsonNode> events(String kind) {
      return all.stream().filter(event -> event.get("event").asText().equals(kind)).toList();
    }

    List<Double> accuracy() {
      return metrics.test().accuracy();
    }

    @Override
    public String toString() {
      return String.format(
          "%d s, %.0f examples/s, test accuracy %s, leases lost %d, pushes %s",
          seconds,
          metrics.examplesPerSecond(),
          accuracy(),
          events("lease_lost").size(),
          events("finished").get(0).get("metrics").get("pushes"));
    }
  }

  /** Kills and fails by the clock. Used by the thread of the test; requests come on others. */
  private static final class Disturbance {
    private final FaultProxy proxy;
    private final AtomicInteger met = new AtomicInteger();
    private long lastKill = System.nanoTime();
    private long lastFailure = System.nanoTime();
    private int killed;
    private int failures;

    Disturbance(FaultProxy proxy) {
      this.proxy = proxy;
    }

    void go(ClusterProcess process) {
      if (System.nanoTime() - lastFailure >= FAIL.toNanos()) {
        lastFailure = System.nanoTime();
        fail(failures++);
      }
      List<ProcessHandle> executors = process.executors();
      if (System.nanoTime() - lastKill >= KILL.toNanos() && !executors.isEmpty()) {
        lastKill = System.nanoTime();
        if (executors.get(killed % executors.size()).destroyForcibly()) {
          killed++;
        }
      }
    }

    /** The next requests are refused, or broken off, or answered late, by turns. */
    private void fail(int number) {
      AtomicInteger left = new AtomicInteger(REQUESTS);
      proxy.behave(
          exchange -> {
            if (left.getAndDecrement() <= 0) {
              exchange.pass();
              return;
            }
            met.incrementAndGet();
            switch (number % 3) {
              case 0 -> exchange.refuse("503 Slow Down", "SlowDown");
              case 1 -> exchange.reset();
              default -> {
                Thread.sleep(5_000);
                exchange.pass();
              }
            }
          });
    }
  }
}
