package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.average;
import static io.blockwise.job.exchange.Ledgers.delta;
import static io.blockwise.job.exchange.Ledgers.filled;
import static io.blockwise.job.exchange.Ledgers.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.exchange.Wire.Fate;
import io.blockwise.job.exchange.executor.DriverLink;
import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.job.exchange.wire.Message;
import io.blockwise.job.exchange.wire.Status;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.KnownTable;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ReplyLostException;
import io.blockwise.model.averaging.Verdict;
import io.blockwise.model.averaging.codec.Codec;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.table.RowTable;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.BlockFigures.Sum;
import io.blockwise.model.network.NetworkFigures;
import io.blockwise.testing.RandomSeed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PluginExchangeTest extends ParameterExchangeContract {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final LeaseAttempt LEASE = new LeaseAttempt("run", 0, 1, 1);
  private static final int VALUES = 5000;

  private final Wire wire = new Wire();
  private ExchangeServer server;

  @Override
  ParameterExchange exchange(String run, List<BlockLedger> ledgers) {
    server = wire.serve(run, ledgers, Wire.NOBODY, 16 << 20);
    return wire.exchange();
  }

  @AfterEach
  void nothingIsHeld() {
    assertThat(server == null ? 0 : server.heldBytes()).isZero();
    wire.close();
  }

  @Test
  void everyFateOfMessagesLeadsToTheSameValue() throws Exception {
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), VALUES);
    server = wire.serve("run", ledgers);
    Random random = SEED.random();
    Fate[] fates = Fate.values();
    ParameterExchange stormy =
        wire.exchange(() -> fates[random.nextInt(fates.length)], UnaryOperator.identity());
    PluginExchange calm = wire.exchange();
    calm.open(LEASE);
    for (int sequence = 1; sequence <= 8; sequence++) {
      Push push = delta(LEASE, 1, sequence, sequence - 1, filled(VALUES, 1));
      insist(() -> stormy.push(push));
      Reply reply = stormy.await(new Fetch(LEASE, 1, sequence), PATIENCE);
      assertThat(reply.state()).isEqualTo(ledgers.get(0).state());
      assertThat(reply.state().value()).isEqualTo(filled(VALUES, sequence));
    }
    assertThat(ledgers.get(0).counts().accepted()).isEqualTo(8);
  }

  @Test
  void everyFateOfMessagesLeadsToTheSameRows() throws Exception {
    BlockLedger ledger = Ledgers.withTable("run", average(), 500, 40);
    server = wire.serve("run", List.of(ledger));
    Random random = SEED.random();
    Fate[] fates = Fate.values();
    ParameterExchange stormy =
        wire.exchange(() -> fates[random.nextInt(fates.length)], UnaryOperator.identity());
    RowTable known = wire.exchange().open(LEASE).get(0).state().table();
    for (int sequence = 1; sequence <= 8; sequence++) {
      int[] rows = random.ints(60, 0, 500).sorted().distinct().toArray(); // in several pieces
      Push push =
          Ledgers.rows(LEASE, sequence, sequence - 1, Push.Kind.DELTA, Codec.FP32, 40, 0.25f, rows);
      insist(() -> stormy.push(push));
      Reply reply = stormy.await(new Fetch(LEASE, 1, sequence), PATIENCE);
      known = known.followedBy(reply.state().table());
      assertThat(reply.state().table().changedSince(sequence - 1).shared()).isEqualTo(rows);
      assertThat(known.among(reply.state().value().shared()))
          .isEqualTo(ledger.state().parameters().shared());
    }
    assertThat(ledger.counts().accepted()).isEqualTo(8);
  }

  @Test
  void theOpeningOfWhoHasMadeTheSameBeginningCarriesNoOtherRows() throws Exception {
    BlockLedger ledger = Ledgers.withTable("run", average(), 500, 40);
    server = wire.serve("run", List.of(ledger));
    PluginExchange exchange = wire.exchange();
    exchange.open(LEASE);
    settled(exchange, Ledgers.rows(LEASE, 1, 0, Push.Kind.DELTA, Codec.FP32, 40, 1, 3, 499));
    int origin = ledger.state().table().origin();
    assertThat(opened(exchange, 1, new KnownTable(0, origin), 0)).isEqualTo(2);
    assertThat(opened(exchange, 2, new KnownTable(1, origin), 1)).isZero();
    assertThat(opened(exchange, 3, new KnownTable(0, 0), 0)).as("another origin").isEqualTo(500);
    assertThat(opened(exchange, 4, new KnownTable(2, origin), 0)).as("too new").isEqualTo(500);
  }

  /** Rows that come with an opening, if they are those since a version. */
  private static int opened(PluginExchange exchange, int worker, KnownTable known, long since)
      throws InterruptedException {
    LeaseAttempt lease = new LeaseAttempt("run", worker, 1, 1);
    RowTable table = exchange.open(lease, List.of(known)).get(0).state().table();
    return table.changedSince(since).count();
  }

  @Test
  void lostAnswerSaysSo() throws Exception {
    server = wire.serve("run", Ledgers.zeros("run", average(), 4));
    wire.exchange().open(LEASE);
    ParameterExchange deaf = wire.exchange(() -> Fate.ANSWER_LOST, UnaryOperator.identity());
    Push push = delta(LEASE, 1, 1, 0, filled(4, 1));
    assertThatThrownBy(() -> deaf.push(push).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ReplyLostException.class);
    assertThat(settled(wire.exchange(), push).state().value()).isEqualTo(filled(4, 1));
  }

  @Test
  void openingSurvivesLostAnswers() throws Exception {
    server = wire.serve("run", Ledgers.zeros("run", average(), VALUES, 4));
    Fate[] fates = {
      Fate.LOST_ON_THE_WAY, Fate.DELIVERED, Fate.DELIVERED_TWICE, Fate.ANSWER_LOST, Fate.DELIVERED
    };
    // in a fixed turn they can hit the last piece of the value every time that it is read anew
    Random random = SEED.random();
    ParameterExchange exchange =
        wire.exchange(() -> fates[random.nextInt(fates.length)], UnaryOperator.identity());
    assertThat(exchange.open(LEASE)).hasSize(2);
  }

  @Test
  void damagedMessageIsRepeated() throws Exception {
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), VALUES);
    server = wire.serve("run", ledgers);
    wire.exchange().open(LEASE);
    Random random = SEED.random();
    boolean[] damaged = {false};
    ParameterExchange noisy =
        wire.exchange(
            () -> Fate.DELIVERED,
            message -> {
              if (!damaged[0] || random.nextInt(3) == 0) {
                damaged[0] = true;
                message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
              }
              return message;
            });
    Push push = delta(LEASE, 1, 1, 0, random(VALUES, 1));
    insist(() -> noisy.push(push));
    noisy.await(new Fetch(LEASE, 1, 1), PATIENCE);
    assertThat(ledgers.get(0).state().value()).isEqualTo(random(VALUES, 1));
    assertThat(wire.router.messages().of(Status.MALFORMED)).isPositive();
  }

  /** As a replica does: the same push again as long as its answer is lost. */
  private static void insist(Question question) throws Exception {
    for (int attempt = 0; attempt < 200; attempt++) {
      try {
        Reply unused = question.ask().get();
        return;
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(ReplyLostException.class);
      }
    }
    throw new IOException("no answer at all");
  }

  @FunctionalInterface
  private interface Question {
    CompletableFuture<Reply> ask();
  }

  @Test
  void valueIsOfOneVersionHoweverLongItsReaderTakes() throws Exception {
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), 100_000);
    server = wire.serve("run", ledgers);
    PluginExchange writer = wire.exchange();
    LeaseAttempt other = new LeaseAttempt("run", 1, 1, 1);
    writer.open(other);
    // whenever the reader asks for a piece, the writer moves the value on first
    long[] sequence = {0};
    ParameterExchange reader =
        wire.exchange(
            () -> Fate.DELIVERED,
            message -> {
              if (message[9] == Message.Kind.VALUE.ordinal() && sequence[0] < 5) {
                sequence[0]++;
                push(writer, delta(other, 1, sequence[0], sequence[0] - 1, filled(100_000, 1)));
              }
              return message;
            });
    Reply opening = reader.open(LEASE).get(0);
    assertThat(sequence[0]).isEqualTo(5);
    assertThat(opening.state().version()).isZero();
    assertThat(opening.state().value()).isEqualTo(filled(100_000, 0));
    assertThat(ledgers.get(0).state().version()).isEqualTo(5);
  }

  private static void push(ParameterExchange exchange, Push push) {
    try {
      assertThat(settled(exchange, push).verdict()).isEqualTo(Verdict.FOLDED);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void pushesThatDoNotFitIntoMemoryComeOneAfterTheOther() throws Exception {
    int workers = 4;
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), VALUES);
    int bytes = (VALUES + Ledgers.STATISTICS) * Float.BYTES;
    server = wire.serve("run", ledgers, Wire.NOBODY, bytes + 1);
    PluginExchange exchange = wire.exchange();
    List<CompletableFuture<Reply>> answers = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      LeaseAttempt lease = new LeaseAttempt("run", worker, 1, 1);
      exchange.open(lease);
      answers.add(exchange.push(delta(lease, 1, 1, 0, filled(VALUES, 1))));
    }
    for (int worker = 0; worker < workers; worker++) {
      answers.get(worker).get();
      LeaseAttempt lease = new LeaseAttempt("run", worker, 1, 1);
      assertThat(exchange.await(new Fetch(lease, 1, 1), PATIENCE).verdict())
          .isEqualTo(Verdict.FOLDED);
    }
    // one of the four, and versions that are read meanwhile
    assertThat(server.mostHeldBytes()).isBetween((long) bytes, 3L * bytes);
  }

  @Test
  void runThatHasEndedSaysSo() throws Exception {
    ExchangeServer other = wire.serve("other", Ledgers.zeros("other", average(), 4));
    server = wire.serve("run", Ledgers.zeros("run", average(), 4));
    PluginExchange exchange = wire.exchange();
    exchange.open(LEASE);
    assertThat(exchange.isOpen("run")).isTrue();
    server.close();
    assertThat(exchange.isOpen("run")).isFalse();
    assertThat(exchange.isOpen("never")).isFalse();
    assertThat(exchange.isOpen("other")).isTrue();
    assertThatThrownBy(() -> exchange.open(LEASE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot exchange parameters of run run: it has ended");
    assertThatThrownBy(() -> exchange.push(delta(LEASE, 1, 1, 0, filled(4, 1))).get())
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(wire.router.messages().of(Status.CLOSED)).isEqualTo(3);
    assertThat(wire.router.messages().of(Status.UNKNOWN_RUN)).isEqualTo(1);
    other.close();
  }

  @Test
  void driverLearnsWhoIsAliveAndHowTrainingGoes() throws Exception {
    List<String> heard = new ArrayList<>();
    LeaseListener listener =
        new LeaseListener() {
          @Override
          public void exchangeAdvanced(LeaseAttempt attempt) {
            if (heard.isEmpty()
                || !heard.get(heard.size() - 1).equals("heard " + attempt.attempt())) {
              heard.add("heard " + attempt.attempt());
            }
          }

          @Override
          public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {
            heard.add(attempt.attempt() + ": " + figures);
          }

          @Override
          public void workCounted(LeaseAttempt attempt, long done) {
            heard.add(attempt.attempt() + " has done " + done);
          }

          @Override
          public void evaluationCounted(long number, long done) {
            heard.add("evaluation " + number + " has done " + done);
          }
        };
    server = wire.serve("run", Ledgers.zeros("run", average(), 4, 4), listener, 1 << 20);
    PluginExchange exchange = wire.exchange();
    NetworkFigures none = NetworkFigures.none(2);
    exchange.report(LEASE, 3, none); // reads its shards
    exchange.open(LEASE);
    NetworkFigures figures =
        new NetworkFigures(
            30,
            List.of(
                new BlockFigures(
                    List.of(new Sum("associated", 1.5, true), new Sum("target-variance", 2, false)),
                    30,
                    7),
                new BlockFigures(List.of(), 20, 8)));
    exchange.report(LEASE, 4, figures);
    LeaseAttempt newer = new LeaseAttempt("run", 0, 1, 2);
    exchange.open(newer);
    exchange.report(LEASE, 5, figures);
    settled(exchange, delta(LEASE, 1, 1, 0, filled(4, 1)));
    exchange.reportEvaluation("run", 7, 20);
    exchange.reportEvaluation("never", 8, 20);
    assertThat(heard)
        .containsExactly(
            "1 has done 3",
            "heard 1",
            "1 has done 4",
            "1: " + figures,
            "heard 2",
            "evaluation 7 has done 20");
  }

  @Test
  void questionsAndPushesThatFindNoRoomAreNoSignsOfProgress() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    LeaseListener listener =
        new LeaseListener() {
          @Override
          public void exchangeAdvanced(LeaseAttempt attempt) {
            heard.incrementAndGet();
          }

          @Override
          public void workCounted(LeaseAttempt attempt, long done) {}

          @Override
          public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {}

          @Override
          public void evaluationCounted(long number, long done) {}
        };
    List<BlockLedger> ledgers = Ledgers.zeros("run", Ledgers.lockStep(), VALUES);
    server = wire.serve("run", ledgers, listener, 1 << 20);
    PluginExchange exchange = wire.exchange();
    exchange.open(LEASE);
    exchange.open(new LeaseAttempt("run", 1, 1, 1)); // who does not push, and is waited for
    exchange.push(delta(LEASE, 1, 1, 0, filled(VALUES, 1))).get();
    int before = heard.get();
    assertThat(before).isGreaterThanOrEqualTo(3);
    Fetch question = new Fetch(LEASE, 1, 1);
    assertThat(exchange.await(question, Duration.ofMillis(50)).decides(1)).isFalse();
    assertThat(exchange.fetch(question).get().decides(1)).isFalse();
    assertThat(heard).hasValue(before);
  }

  @Test
  void workerThatTheRunDoesNotHaveIsRefused() {
    List<BlockLedger> ledgers = Ledgers.zeros("run", average(), 4);
    server = wire.serve("run", ledgers);
    LeaseAttempt stray = new LeaseAttempt("run", Wire.WORKERS, 1, 1);
    assertThatThrownBy(() -> wire.exchange().open(stray))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the driver answers REFUSED");
    LeaseAttempt known = new LeaseAttempt("run", Wire.WORKERS - 1, 1, 1);
    assertThat(ledgers.get(0).open(known).members()).isEqualTo(1);
  }

  @Test
  void questionsThatCannotBeAreMalformed() throws Exception {
    server = wire.serve("run", Ledgers.zeros("run", average(), 4));
    wire.exchange().open(LEASE);
    byte[] open = Message.withoutBody(Message.Kind.OPEN, LEASE, 1, 0);
    byte[] fetch = Message.withBody(Message.Kind.FETCH, LEASE, 1, 0, 0);
    byte[] malformed = {(byte) Status.MALFORMED.ordinal()};
    assertThat(wire.router.receive(open)).isEqualTo(malformed);
    assertThat(wire.router.receive(fetch)).isEqualTo(malformed);
    byte[] known =
        Message.end(
            Message.begin(Message.Kind.OPEN, LEASE, 1, 1, Long.BYTES + Integer.BYTES)
                .putLong(-2)
                .putInt(0));
    assertThat(wire.router.receive(known)).as("a version that cannot be").isEqualTo(malformed);
  }

  @Test
  void valueThatItsReaderHasLeftIsHeldForATimeOnly() throws Exception {
    server = wire.serve("run", Ledgers.zeros("run", average(), 100_000), Wire.NOBODY, 1 << 20);
    AtomicBoolean gone = new AtomicBoolean();
    ParameterExchange reader =
        wire.exchange(
                () -> gone.get() ? Fate.LOST_ON_THE_WAY : Fate.DELIVERED,
                message -> {
                  gone.set(message[9] == Message.Kind.VALUE.ordinal()); // its first is its last
                  return message;
                })
            .withPatience(Duration.ofMillis(100));
    assertThatThrownBy(() -> reader.open(LEASE))
        .hasMessageStartingWith("Cannot open worker 0, lease 1, attempt 1: the driver has not")
        .hasMessageContaining("the last answer was lost: ");
    long one = server.heldBytes();
    assertThat(one).isBetween(400_000L, 402_000L);
    LeaseAttempt other = new LeaseAttempt("run", 1, 1, 1);
    PluginExchange writer = wire.exchange();
    writer.open(other);
    push(writer, delta(other, 1, 1, 0, filled(100_000, 1)));
    assertThat(server.heldBytes()).isEqualTo(one);
    wire.pass(Wire.LONGEST_IDLE.plusSeconds(1));
    push(writer, delta(other, 1, 2, 1, filled(100_000, 1)));
    assertThat(server.heldBytes()).isZero();
  }

  /** Asks once, and never reads what comes of it. */
  private void ask(int worker, long question) throws InterruptedException {
    LeaseAttempt lease = new LeaseAttempt("run", worker, 1, 1);
    byte[] open = Message.open(lease, 1, question, KnownTable.NOTHING);
    for (byte status = 1; status == Status.PENDING.ordinal(); ) {
      status = wire.router.receive(open)[0];
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void rowsThatNobodyReadsAreHeldForATimeOnly() throws Exception {
    server = wire.serve("run", List.of(Ledgers.withTable("run", average(), 2000, 40)));
    ask(0, 1);
    long one = server.heldBytes();
    assertThat(one).isBetween(320_000L, 332_000L);
    ask(1, 1);
    assertThat(server.heldBytes()).isEqualTo(2 * one);
    wire.pass(Wire.LONGEST_IDLE.plusSeconds(1));
    ask(2, 1); // the answer to which is no older
    assertThat(server.heldBytes()).isEqualTo(one);
    ask(2, 2);
    assertThat(server.heldBytes()).as("another question of the same worker").isEqualTo(one);
    BlockState read = wire.exchange().open(new LeaseAttempt("run", 2, 1, 1)).get(0).state();
    assertThat(read.table().changedSince(RowTable.EVER).count()).isEqualTo(2000);
    assertThat(server.heldBytes()).isZero();
  }

  @Test
  void rowsOfManyWorkersAreEncodedAsFarAsThereIsRoom() throws Exception {
    int workers = 24;
    long room = 1 << 20;
    BlockLedger ledger = Ledgers.withTable("run", average(), 2000, 40);
    server = wire.serve("run", List.of(ledger), Wire.NOBODY, room);
    PluginExchange exchange = wire.exchange();
    List<Callable<Reply>> openings = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      LeaseAttempt lease = new LeaseAttempt("run", worker, 1, 1);
      openings.add(() -> exchange.open(lease).get(0));
    }
    for (Reply opening : together(openings)) {
      assertThat(opening.state().parameters()).isEqualTo(ledger.state().parameters());
    }
    assertThat(server.mostHeldBytes()).isBetween(320_000L, room);
    assertThat(wire.router.messages().of(Status.BUSY)).isPositive();
  }

  @Test
  void rowsThatNobodyWillReadMakeRoomForOthers() throws Exception {
    BlockLedger ledger = Ledgers.withTable("run", average(), 2000, 40);
    server = wire.serve("run", List.of(ledger), Wire.NOBODY, 400_000);
    ask(0, 1);
    ask(1, 1); // for whom there is no room
    assertThat(wire.router.messages().of(Status.BUSY)).isEqualTo(1);
    assertThat(server.heldBytes()).isLessThan(400_000);
    wire.pass(Wire.LONGEST_IDLE.plusSeconds(1));
    LeaseAttempt third = new LeaseAttempt("run", 2, 1, 1);
    assertThat(wire.exchange().open(third).get(0).state().table().row(7)).hasSize(40);
  }

  @Test
  void aLeaseThatHasEndedIsAnsweredNoRows() throws Exception {
    BlockLedger ledger = Ledgers.withTable("run", average(), 2000, 40);
    server = wire.serve("run", List.of(ledger));
    ask(0, 1);
    byte[] question = Message.withBody(Message.Kind.FETCH, LEASE, 1, 0, 2);
    byte[] close = Message.withoutBody(Message.Kind.CLOSE, LEASE, 1, 0);
    assertThat(wire.router.receive(question)).isEqualTo(Status.PENDING.alone());
    assertThat(wire.router.receive(close)).isEqualTo(Status.OK.alone());
    assertThat(wire.router.receive(question)).isEqualTo(Status.FENCED.alone());
    server.close(); // when all that was queued is done
    assertThat(server.heldBytes()).isZero();
  }

  @Test
  void runOfWhichTheDriverCannotSpeakIsNotTakenForOver() {
    byte[] failed = {(byte) Status.FAILED.ordinal()};
    DriverLink link =
        new DriverLink() {
          @Override
          public Object ask(byte[] message) {
            return failed;
          }

          @Override
          public void send(byte[] message) {}
        };
    try (PluginExchange exchange = new PluginExchange(link, Wire.CHUNK_BYTES)) {
      assertThatThrownBy(() -> exchange.isOpen("run"))
          .isInstanceOf(ReplyLostException.class)
          .hasMessage("The driver answers FAILED");
    }
  }

  @Test
  void aSecondRunOfTheSameIdIsRefusedWhileTheFirstIsOpen() {
    server = wire.serve("run", Ledgers.zeros("run", average(), 4));
    assertThatThrownBy(() -> wire.serve("run", Ledgers.zeros("run", average(), 4)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("run run: a run of this id is being trained in this application");
  }

  @Test
  void executorWithoutThePluginSaysWhatToSet() {
    assertThatThrownBy(ExchangePlugin::ofThisExecutor)
        .hasMessageContaining("spark.plugins")
        .hasMessageContaining(ExchangePlugin.class.getName());
  }

  @Test
  void driverThatRunsOutOfMemoryInAFoldEndsTheRun() throws Exception {
    // the rule asks for the time when a round begins
    BlockLedger ledger =
        new BlockLedger(
            "run",
            1,
            Ledgers.lockStep(),
            Ledgers.tensors(4),
            new BlockState(0, filled(4, 0), Ledgers.statistics(0)),
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    server = wire.serve("run", List.of(ledger));
    ParameterExchange exchange = wire.exchange();
    LeaseAttempt lease = new LeaseAttempt("run", 0, 1, 1);
    exchange.open(lease);
    server.requireWorking();
    Reply unused = exchange.push(delta(lease, 1, 1, 0, filled(4, 1))).get();
    exchange.open(new LeaseAttempt("run", 1, 1, 1)); // answered by the same thread, after the push
    assertThatThrownBy(server::requireWorking)
        .isInstanceOf(RunFailedException.class)
        .hasMessage(
            "Cannot average block 1 on the driver: java.lang.OutOfMemoryError: Java heap space"
                + " (give it more with --driver-memory; bin/blockwise plan says how much)");
    assertThat(unused.decides(1)).isFalse();
  }
}
