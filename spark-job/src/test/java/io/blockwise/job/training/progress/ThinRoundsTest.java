package io.blockwise.job.training.progress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.exchange.Ledgers;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.ledger.BlockLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("thorough")
class ThinRoundsTest {
  private static final String RUN = "run";
  private static final Push.Timing CANNOT_WAIT = new Push.Timing(10, 8, 80);
  private static final Push.Timing WAITS = new Push.Timing(Duration.ofHours(1).toNanos(), 8, 0);

  @TempDir Path directory;

  private final int[] pushed = new int[4];
  private final long[] based = new long[4];

  @Test
  void oldPushesInRoundsOfTheirOwnAreToldOnce() {
    List<BlockLedger> ledgers = opened(Ledgers.grace(), 4);
    ThinRounds rounds = ThinRounds.of(Ledgers.grace(), ledgers);
    push(ledgers.get(0), 4, 7, CANNOT_WAIT);
    assertThat(rounds.check(2)).as("too few to tell").isEmpty();
    push(ledgers.get(0), 4, 1, CANNOT_WAIT);
    Optional<Alarms.Warning> warning = rounds.check(3);
    assertThat(warning.map(Alarms.Warning::text))
        .hasValue(
            "Block 1 in epoch 3: pushes are 2.8 rounds behind in the mean, and a round has 1.0:"
                + " replies come too late for rounds, each of which counts in full however few it is"
                + " of (raise averaging.period so that replies come well within it, or set"
                + " averaging.rule = average)");
    push(ledgers.get(0), 4, 16, CANNOT_WAIT);
    assertThat(rounds.check(4)).as("a second time").isEmpty();
  }

  @Test
  void whatHasPassedIsForgotten() {
    List<BlockLedger> ledgers = opened(Ledgers.grace(), 4);
    ThinRounds rounds = ThinRounds.of(Ledgers.grace(), ledgers);
    push(ledgers.get(0), 4, 100, WAITS);
    assertThat(rounds.check(1)).isEmpty();
    push(ledgers.get(0), 4, 9, CANNOT_WAIT);
    assertThat(rounds.check(1)).isPresent();
  }

  @Test
  void fullRoundsAreNoReasonToWarn() {
    List<BlockLedger> ledgers = opened(Ledgers.grace(), 4);
    ThinRounds rounds = ThinRounds.of(Ledgers.grace(), ledgers);
    push(ledgers.get(0), 4, 20, WAITS);
    assertThat(ledgers.get(0).state().version()).isEqualTo(20);
    assertThat(rounds.check(1)).isEmpty();
  }

  @Test
  void twoWorkersThatTakeTurnsAreNoReasonToWarn() {
    List<BlockLedger> ledgers = opened(Ledgers.grace(), 2);
    ThinRounds rounds = ThinRounds.of(Ledgers.grace(), ledgers);
    push(ledgers.get(0), 2, 20, CANNOT_WAIT);
    assertThat(ledgers.get(0).state().version()).isEqualTo(40);
    assertThat(rounds.check(1)).isEmpty();
  }

  @Test
  void aRuleThatWeighsEveryPushByItsShareHasNoRounds() {
    List<BlockLedger> ledgers = opened(Ledgers.average(), 4);
    ThinRounds rounds = ThinRounds.of(Ledgers.average(), ledgers);
    for (int turn = 1; turn <= 100; turn++) {
      ledgers.get(0).push(Ledgers.timed(lease(0), turn, 0, CANNOT_WAIT));
    }
    assertThat(ledgers.get(0).counts().meanStaleness()).isGreaterThan(10);
    assertThat(rounds.check(1)).isEmpty();
  }

  /** Eight workers, of whose rounds none waits: each push finds those of seven others before it. */
  @Test
  void aRunTellsItOnTheTerminalAndInTheEvents() throws Exception {
    String printed =
        SmallRuns.train(
            SmallRuns.settings(
                directory,
                "workers=8",
                "data.name=many",
                "data.shards.train=24",
                "method=pred",
                "training.batch-size=4",
                "averaging.rule=quorum",
                "averaging.quorum.wait=1ns",
                "averaging.period=1"));
    List<JsonNode> warnings = SmallRuns.events(directory);
    warnings.removeIf(event -> !event.get("event").asText().equals("warning"));
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).get("term").asText()).isEqualTo("staleness");
    assertThat(warnings.get(0).get("value").asDouble()).isGreaterThan(2.5);
    assertThat(printed).contains(warnings.get(0).get("reason").asText());
  }

  /** Every worker pushes in its turn, from the version that its last push has led to. */
  private void push(BlockLedger ledger, int workers, int turns, Push.Timing timing) {
    for (int turn = 1; turn <= turns; turn++) {
      for (int worker = 0; worker < workers; worker++) {
        pushed[worker]++;
        ledger.push(Ledgers.timed(lease(worker), pushed[worker], based[worker], timing));
        based[worker] = ledger.state().version();
      }
      if (timing.equals(WAITS)) {
        Arrays.fill(based, ledger.state().version());
      }
    }
  }

  private static List<BlockLedger> opened(AveragingOptions options, int workers) {
    List<BlockLedger> ledgers = Ledgers.zeros(RUN, options, new AtomicLong()::getAndIncrement, 3);
    for (int worker = 0; worker < workers; worker++) {
      ledgers.get(0).open(lease(worker));
    }
    return ledgers;
  }

  private static LeaseAttempt lease(int worker) {
    return new LeaseAttempt(RUN, worker, 1, 1);
  }
}
