package io.blockwise.job.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.job.training.SmallRuns;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // what hangs shall fail
class CountedExchangeTest {
  private static final LeaseAttempt LEASE = new LeaseAttempt("run", 0, 1, 0);
  private static final Fetch QUESTION = new Fetch(LEASE, 1, 1);

  private final WorkCount done = new WorkCount();

  @TempDir Path directory;

  @Test
  void whoWaitsForOthersInLockStepCounts() throws Exception {
    ParameterExchange ledgers =
        new InProcessExchange(
            SmallRuns.parts(SmallRuns.settings(directory, "workers=2", "averaging.rule=quorum"))
                .ledgers());
    ParameterExchange exchange = new CountedExchange(ledgers, done);
    exchange.open(LEASE);
    assertThat(done.value()).isEqualTo(1);
    // nothing was pushed, so that nothing is ever decided
    Reply reply = exchange.await(QUESTION, Duration.ofMillis(1001));
    assertThat(reply.decides(1)).isFalse();
    assertThat(done.value()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void whoGetsNoAnswerDoesNotCount() {
    ParameterExchange exchange = new CountedExchange(new Deaf(), done);
    assertThatThrownBy(() -> exchange.await(QUESTION, Duration.ofMillis(1)))
        .isInstanceOf(ReplyLostException.class)
        .hasMessage("No answer");
    assertThat(done.value()).isZero();
  }

  /** A driver that cannot be reached. */
  private static final class Deaf implements ParameterExchange {
    @Override
    public List<Reply> open(LeaseAttempt attempt) {
      throw new ReplyLostException("No answer", null);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      return CompletableFuture.failedFuture(new ReplyLostException("No answer", null));
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return CompletableFuture.failedFuture(new ReplyLostException("No answer", null));
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) {
      throw new ReplyLostException("No answer", null);
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {}
  }
}
