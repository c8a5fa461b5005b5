package io.blockwise.job.cluster;

import static io.blockwise.job.cluster.StandaloneCluster.freePort;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.Message.Kind;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.LeaseAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What another process on the network gets from a driver and an executor that run with the
 * properties of {@code conf/spark-cluster.properties}.
 */
@Tag("slow")
@Timeout(300)
class StrangersTest {
  /** More than there is time for. */
  private static final int EPOCHS = 10_000;

  private static final LeaseAttempt LEASE = new LeaseAttempt("run", 0, 1, 1);
  private static final byte[] IS_OPEN = Message.withoutBody(Kind.RUN, LEASE, 0, 0);
  private static final byte[] PUSH = Message.withBody(Kind.PUSH, LEASE, 1, 1, 0);
  private static final List<byte[]> QUESTIONS =
      List.of(
          IS_OPEN,
          PUSH,
          Message.withoutBody(Kind.OPEN, LEASE, 1, 1),
          Message.withBody(Kind.FETCH, LEASE, 1, 1, 1),
          Message.withBody(Kind.VALUE, LEASE, 1, 0, 0));

  /**
   * All that comes back: that the first message was no challenge, or that the answer to one was
   * wrong, and the end of the connection, which may be faster.
   */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "(?s).*IllegalArgumentException: (?:Unknown challenge message|Authentication failed)\\..*"
              + "|.*Connection from \\S+ closed"
              + "|.*(?:Connection reset by peer|Broken pipe)"
              + "|.*ClosedChannelException"
              + "|.*Message is dropped because Outbox is stopped");

  @TempDir Path directory;

  private final int rpcPort;
  private final Map<String, Integer> blockPorts;

  StrangersTest() throws IOException {
    rpcPort = freePort();
    blockPorts = Map.of("driver", freePort(), "0", freePort());
  }

  @Test
  void whoDoesNotKnowTheSecretGetsNothing() throws Exception {
    Map<String, String> secured = SecuredProperties.with("the secret of this cluster");
    try (StandaloneCluster cluster =
        StandaloneCluster.start(directory.resolve("cluster"), secured)) {
      cluster.addMachine();
      try (ClusterRun run = train(cluster, secured)) {
        run.await("epoch", 1);
        assertOnlySparkListens(run, cluster);

        String application = application();
        assertAnswered(secured, application);
        assertRefused(Map.of(), application);
        assertRefused(SecuredProperties.with("a guess"), application);

        run.await("epoch", run.events("epoch").size() + 2); // it goes on
        assertThat(run.events("lease_lost")).isEmpty();
      }
    }
  }

  private ClusterRun train(StandaloneCluster cluster, Map<String, String> secured)
      throws IOException {
    Map<String, String> properties = new HashMap<>(secured);
    properties.put("spark.driver.port", "" + rpcPort);
    properties.put("spark.driver.blockManager.port", "" + blockPorts.get("driver"));
    properties.put("spark.blockManager.port", "" + blockPorts.get("0"));
    properties.put("spark.executor.memory", "512m");
    properties.put("spark.executor.cores", "1");
    return ClusterRun.train(
        directory,
        cluster.master(),
        properties,
        "workers=1",
        "lease.seconds=1",
        "workers.start-timeout=60s",
        "training.epochs=" + EPOCHS);
  }

  private void assertOnlySparkListens(ClusterRun run, StandaloneCluster cluster)
      throws IOException {
    assertThat(ProcessSockets.listening(run.process().driver()))
        .containsExactlyInAnyOrder(rpcPort, blockPorts.get("driver"));
    assertThat(cluster.executors())
        .singleElement()
        .satisfies(
            executor ->
                assertThat(ProcessSockets.listening(executor))
                    .containsExactly(blockPorts.get("0")));
  }

  private String application() throws IOException {
    try (var folders = Files.list(directory.resolve("cluster/work-1"))) {
      return folders.findFirst().orElseThrow().getFileName().toString();
    }
  }

  /** Who knows the secret is answered: so the questions are right. */
  private void assertAnswered(Map<String, String> properties, String application) throws Exception {
    try (Stranger stranger = new Stranger(properties)) {
      assertThat(stranger.ask(rpcPort, IS_OPEN)).isEqualTo(Status.OK.alone());
      assertThat(stranger.ask(rpcPort, PUSH)).isNotEmpty();
      for (String executor : blockPorts.keySet()) {
        assertThat(stranger.readBlock(blockPorts.get(executor), application, executor))
            .isPositive();
      }
    }
  }

  private void assertRefused(Map<String, String> properties, String application) {
    for (byte[] question : QUESTIONS) {
      assertRefused(properties, stranger -> stranger.ask(rpcPort, question));
    }
    blockPorts.forEach(
        (executor, port) ->
            assertRefused(properties, stranger -> stranger.readBlock(port, application, executor)));
  }

  /** Each question of a new stranger, with connections of its own. */
  private static void assertRefused(Map<String, String> properties, Question question) {
    try (Stranger stranger = new Stranger(properties)) {
      assertThatThrownBy(() -> question.ask(stranger))
          .satisfies(failure -> assertThat(Stranger.rootOf(failure).toString()).matches(REFUSAL));
    }
  }

  private interface Question {
    void ask(Stranger stranger) throws Exception;
  }
}
