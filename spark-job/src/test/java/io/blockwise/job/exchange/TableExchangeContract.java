package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.average;
import static io.blockwise.job.exchange.Ledgers.lockStep;
import static io.blockwise.job.exchange.ParameterExchangeContract.PATIENCE;
import static io.blockwise.job.exchange.ParameterExchangeContract.settled;
import static io.blockwise.job.exchange.ParameterExchangeContract.together;
import static io.blockwise.model.engine.StateKind.PARAMETERS;
import static io.blockwise.model.engine.StateKind.STATISTICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.model.averaging.AveragingOptions;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.PushCounts;
import io.blockwise.model.averaging.replica.WorkerReplica;
import io.blockwise.model.averaging.table.RowNumbers;
import io.blockwise.model.averaging.table.RowTable;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a worker may rely on with a block that has a table, whatever carries its messages. */
@Timeout(60)
abstract class TableExchangeContract {
  private static final String RUN = "run";
  private static final LeaseAttempt FIRST = new LeaseAttempt(RUN, 0, 1, 17);
  private static final LeaseAttempt SECOND = new LeaseAttempt(RUN, 1, 1, 18);
  private static final int ROWS = 2000;
  private static final int WIDTH = 40;

  /** Serves these ledgers until the test is over. */
  abstract ParameterExchange exchange(String run, List<BlockLedger> ledgers);

  private BlockLedger ledger;
  private ParameterExchange exchange;

  private void serve(AveragingOptions options) {
    ledger = Ledgers.withTable(RUN, options, ROWS, WIDTH);
    exchange = exchange(RUN, List.of(ledger));
  }

  private Reply push(LeaseAttempt lease, long sequence, long base, float value, int... rows)
      throws Exception {
    return settled(exchange, delta(lease, sequence, base, value, rows));
  }

  private static Push delta(
      LeaseAttempt lease, long sequence, long base, float value, int... rows) {
    return Ledgers.rows(lease, sequence, base, Push.Kind.DELTA, Codec.FP32, WIDTH, value, rows);
  }

  private static RowNumbers rows(int... numbers) {
    return RowNumbers.owning(numbers);
  }

  /** What a worker has after an answer, and what the ledger has. */
  private void assertFollows(RowTable known, BlockState answer) {
    BlockState newest = ledger.state();
    assertThat(known.followedBy(answer.table()).among(answer.value().shared()))
        .isEqualTo(newest.parameters().shared());
    assertThat(answer.version()).isEqualTo(newest.version());
    assertThat(answer.statistics()).isEqualTo(newest.statistics());
  }

  @Test
  void theOpeningHasTheWholeTable() throws Exception {
    serve(average());
    assertFollows(RowTable.NONE, exchange.open(FIRST).get(0).state());
    assertThat(ledger.state().parameters().at(2 + 7 * WIDTH)).isEqualTo(1f / (3 + 7 * WIDTH));
  }

  @Test
  void theOpeningOfWhoKnowsAVersionHasWhatHasChangedSince() throws Exception {
    serve(average());
    int origin = ledger.state().table().origin();
    RowTable known = exchange.open(FIRST).get(0).state().table();
    known = known.followedBy(push(FIRST, 1, 0, 1, 5).state().table());
    exchange.open(SECOND);
    push(SECOND, 1, 1, 1, 6);
    LeaseAttempt next = new LeaseAttempt(RUN, 0, 2, 19);
    BlockState opening = exchange.open(next, List.of(new KnownTable(1, origin))).get(0).state();
    assertThat(opening.table().changedSince(1)).isEqualTo(rows(6));
    assertFollows(known, opening);
    LeaseAttempt other = new LeaseAttempt(RUN, 2, 1, 20);
    opening = exchange.open(other, List.of(new KnownTable(1, origin + 1))).get(0).state();
    assertFollows(RowTable.NONE, opening);
  }

  @Test
  void anAnswerHasWhatHasChangedSinceTheWorkersVersion() throws Exception {
    serve(average());
    RowTable first = exchange.open(FIRST).get(0).state().table();
    exchange.open(SECOND);
    Reply ofSecond = push(SECOND, 1, 0, 0.5f, 3, 1999);
    assertThat(ofSecond.verdict()).isEqualTo(Verdict.FOLDED);
    assertThat(ofSecond.state().table().changedSince(0)).isEqualTo(rows(3, 1999));
    Reply reply = push(FIRST, 1, 0, 0.25f, 0, 3);
    assertThat(reply.state().table().changedSince(0)).isEqualTo(rows(0, 3, 1999));
    assertFollows(first, reply.state());
    first = first.followedBy(reply.state().table());
    Reply next = push(FIRST, 2, 2, 0.25f, 4);
    assertThat(next.state().table().changedSince(2)).isEqualTo(rows(4));
    assertFollows(first, next.state());
    assertThat(push(FIRST, 3, 3, 0.25f).state().table().changedSince(3)).isEqualTo(rows());
  }

  @Test
  void manyRowsArriveBitForBit() throws Exception {
    serve(average());
    RowTable known = exchange.open(FIRST).get(0).state().table();
    Reply reply = push(FIRST, 1, 0, 1e-3f, IntStream.range(5, 1990).toArray());
    assertThat(reply.state().table().changedSince(0).count()).isEqualTo(1985);
    assertFollows(known, reply.state());
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void whatACodecMakesOfRowsIsFoldedOnceIfItComesTwice(Codec codec) throws Exception {
    serve(average());
    RowTable known = exchange.open(FIRST).get(0).state().table();
    int[] numbers = IntStream.range(0, 700).map(i -> 2 * i).toArray();
    Push push = Ledgers.rows(FIRST, 1, 0, Push.Kind.DELTA, codec, WIDTH, 0.5f, numbers);
    assertFollows(known, settled(exchange, push).state());
    assertFollows(known, settled(exchange, push).state());
    assertThat(ledger.state().table().row(1398)[3] - known.row(1398)[3]).isEqualTo(0.5f);
    exchange.await(new Fetch(FIRST, 1, 0), PATIENCE);
    assertThat(ledger.counts().accepted()).isEqualTo(1);
    assertThat(ledger.counts().duplicate()).isEqualTo(1);
  }

  @Test
  void whoAsksForTheNewestWithoutAPushGetsTheWholeTable() throws Exception {
    serve(average());
    exchange.open(FIRST);
    push(FIRST, 1, 0, 1, 8);
    assertFollows(RowTable.NONE, exchange.await(new Fetch(FIRST, 1, 0), PATIENCE).state());
  }

  @Test
  void theCopyOfALoneWorkerIsYours() throws Exception {
    serve(average());
    exchange.open(FIRST);
    Reply reply =
        settled(exchange, Ledgers.rows(FIRST, 1, 0, Push.Kind.COPY, Codec.FP32, WIDTH, 7, 1, 2));
    assertThat(reply.yours()).isTrue();
    assertThat(reply.state().table()).isEqualTo(RowTable.NONE);
    assertThat(ledger.state().table().row(2)).containsOnly(7);
    assertThat(ledger.state().table().changedSince(0)).isEqualTo(rows(1, 2));
  }

  @Test
  void inLockStepEachGetsTheMeanOfAll() throws Exception {
    serve(lockStep());
    RowTable known = exchange.open(FIRST).get(0).state().table();
    exchange.open(SECOND);
    List<Reply> replies =
        together(List.of(() -> push(FIRST, 1, 0, 1, 4, 5), () -> push(SECOND, 1, 0, 1, 5, 6)));
    for (Reply reply : replies) {
      assertThat(reply.state().table().changedSince(0)).isEqualTo(rows(4, 5, 6));
      assertFollows(known, reply.state());
    }
    assertThat(ledger.state().table().row(4)[0] - known.row(4)[0]).isEqualTo(0.5f);
    assertThat(ledger.state().table().row(5)[0] - known.row(5)[0]).isEqualTo(1);
  }

  @Test
  void aPushOfOtherRowsThanTheTableHasIsAnErrorOfItsSenderOnly() throws Exception {
    serve(average());
    exchange.open(FIRST);
    assertThatThrownBy(() -> push(FIRST, 1, 0, 1, 5, ROWS))
        .satisfiesAnyOf(
            error -> assertThat(error).isInstanceOf(IllegalArgumentException.class),
            error -> assertThat(error).isInstanceOf(IllegalStateException.class),
            error -> assertThat(error).isInstanceOf(ExecutionException.class));
    assertThat(push(FIRST, 2, 0, 1, 5, ROWS - 1).verdict()).isEqualTo(Verdict.FOLDED);
  }

  @ParameterizedTest
  @EnumSource(
      value = AveragingOptions.Rule.class,
      names = {"AVERAGE", "QUORUM"})
  void aWorkerAloneIsBitForBitThePlainLoop(AveragingOptions.Rule rule) throws Exception {
    AveragingOptions options =
        Ledgers.every(3, rule == AveragingOptions.Rule.QUORUM ? lockStep() : average());
    serve(options);
    TableBlock plain = new TableBlock(ledger.state(), ROWS, WIDTH);
    TableBlock block = new TableBlock(ledger.state(), ROWS, WIDTH);
    WorkerReplica replica = new WorkerReplica(List.of(block), exchange, options, PATIENCE);
    for (int lease = 1; lease <= 3; lease++) {
      begin(replica, new LeaseAttempt(RUN, 0, lease, lease));
      for (int step = 0; step < 20; step++) {
        plain.step(new Random(100L * lease + step));
        block.step(new Random(100L * lease + step));
        replica.block(1).afterStep(4);
      }
      replica.flush();
      assertThat(block.vector(PARAMETERS))
          .isEqualTo(plain.vector(PARAMETERS))
          .isEqualTo(ledger.state().parameters());
      assertThat(block.vector(STATISTICS))
          .isEqualTo(plain.vector(STATISTICS))
          .isEqualTo(ledger.state().statistics());
    }
  }

  private static void begin(WorkerReplica replica, LeaseAttempt attempt)
      throws InterruptedException {
    if (attempt.lease() == 1) {
      replica.start(attempt);
    } else {
      replica.resume(attempt);
    }
  }

  @Test
  void aLeaseThatHasEndedChangesNoRow() throws Exception {
    serve(average());
    exchange.open(FIRST);
    push(FIRST, 1, 0, 1, 5);
    BlockState before = ledger.state();
    ledger.retire(0, 1);
    assertThat(push(FIRST, 2, 1, 1, 6).verdict()).isEqualTo(Verdict.FENCED);
    assertThat(ledger.state()).isEqualTo(before);
  }

  @Test
  void workersThatRaceSeeTheSameTable() throws Exception {
    serve(average());
    int workers = 4;
    int pushes = 30;
    RowTable[] known = new RowTable[workers];
    long[] versions = new long[workers];
    List<Callable<Reply>> work =
        IntStream.range(0, workers)
            .<Callable<Reply>>mapToObj(worker -> () -> race(worker, pushes, known, versions))
            .toList();
    assertThat(together(work)).hasSize(workers);
    PushCounts counts = ledger.counts();
    assertThat(counts.accepted()).isEqualTo((long) workers * pushes);
    for (int worker = 0; worker < workers; worker++) {
      LeaseAttempt lease = new LeaseAttempt(RUN, worker, 1, 1);
      assertFollows(
          known[worker], push(lease, pushes + 1, versions[worker], 1, 7 * worker).state());
    }
  }

  private Reply race(int worker, int pushes, RowTable[] known, long[] versions) throws Exception {
    Random random = new Random(worker);
    LeaseAttempt lease = new LeaseAttempt(RUN, worker, 1, 1);
    Reply last = exchange.open(lease).get(0);
    known[worker] = last.state().table();
    versions[worker] = last.state().version();
    for (int sequence = 1; sequence <= pushes; sequence++) {
      int[] rows = random.ints(random.nextInt(50), 0, ROWS).sorted().distinct().toArray();
      last = push(lease, sequence, versions[worker], random.nextFloat(), rows);
      known[worker] = known[worker].followedBy(last.state().table());
      versions[worker] = last.state().version();
    }
    return last;
  }
}
