package io.blockwise.job.training;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.Settings;
import io.blockwise.job.feed.RowTransform;
import io.blockwise.job.input.DatasetRows;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.job.tape.Tape;
import io.blockwise.job.training.dealing.EpochTraining;
import io.blockwise.job.training.dealing.LeaseBorders;
import io.blockwise.job.training.dealing.LeaseBook;
import io.blockwise.job.worker.LeaseReport;
import io.blockwise.job.worker.LiveFigures;
import io.blockwise.job.worker.Answers;
import io.blockwise.job.worker.Census;
import io.blockwise.job.worker.LocalWorkers;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.averaging.BlockState;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.ParameterExchange;
import io.blockwise.model.averaging.Push;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.TrainedBlocks;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.averaging.ledger.InProcessExchange;
import io.blockwise.model.averaging.ledger.PushCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What workers learn whose answers from the ledgers come late: a run of a configuration with the
 * workers of a local master, whose pushes arrive at once and whose replies take a time that is
 * stated in rounds, that is in periods of a worker. A round is as long as the steps of the epoch
 * before were. Test is read for the last epoch.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes \
 *     -Djob.bench=training.LateReplies -Dbench.args="CONF 0,1,2,4 [KEY=VALUE]..."
 * </pre>
 */
final class LateReplies {
  private final Settings settings;
  private final double rounds;
  private final Dataset dataset;
  private final List<Shard> shards;
  private final WorkerPlan plan;
  private final AtomicLong lateNanos = new AtomicLong();

  private LateReplies(Settings settings, double rounds) {
    this.settings = settings;
    this.rounds = rounds;
    dataset = Datasets.openOrPrepare(settings, HadoopSettings.current());
    shards = dataset.manifest().split(Split.TRAIN).shards();
    RowSchema schema = dataset.manifest().schema();
    plan =
        Plans.of(
            settings,
            settings.network(RowTransform.input(schema), dataset.manifest().classes().size()),
            schema,
            shards);
  }

  public static void main(String[] arguments) throws InterruptedException {
    List<String> sets = List.of(arguments).subList(2, arguments.length);
    for (String rounds : arguments[1].split(",", -1)) {
      new LateReplies(Settings.load(Path.of(arguments[0]), sets), Double.parseDouble(rounds)).run();
    }
  }

  private void run() throws InterruptedException {
    List<BlockLedger> ledgers = Ledgers.of("late", plan, Map.of());
    LiveFigures live = new LiveFigures(ledgers.size());
    int count = settings.workers().count();
    LeaseBook book = new LeaseBook("late", count, 1);
    DatasetRows rows = new DatasetRows(dataset, settings.data().memory().bytes(), count);
    ParameterExchange exchange = new Late(new InProcessExchange(ledgers));
    long averaging = 0;
    long training = 0;
    try (LocalWorkers workers =
        new LocalWorkers(count, plan, rows, exchange, live, Duration.ofMinutes(5))) {
      for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
        LeaseReport report =
            new EpochTraining(
                settings, epoch, TrainedBlocks.all(ledgers.size()), shards, ledgers, workers, book, LeaseBorders.NONE, Tape.NONE)
                .run(() -> {}, (end, took) -> {});
        averaging += report.averagingNanos();
        training += report.nanos();
        // of what was no waiting, so that late replies do not make themselves later
        long working = report.nanos() - report.averagingNanos();
        long step = working / Math.max(1, report.steps());
        lateNanos.set((long) (rounds * settings.averaging().options().period() * step));
      }
      print(ledgers, workers, (double) averaging / training);
    }
  }

  private void print(List<BlockLedger> ledgers, LocalWorkers workers, double waited)
      throws InterruptedException {
    List<BlockState> states = ledgers.stream().map(BlockLedger::state).toList();
    var test = dataset.manifest().split(Split.TEST);
    List<Double> accuracies =
        workers
            .evaluate(
                states,
                new Census<>(
                    test.shards(),
                    new Answers(states.size(), dataset.manifest().classes().size())),
                lost -> {})
            .accuracies(test.rows());
    PushCounts counts =
        ledgers.stream().map(BlockLedger::counts).reduce(PushCounts.NONE, PushCounts::plus);
    System.out.printf(
        "replies after %.1f rounds (%d ms at last): test %s, staleness %.2f, pushes %d, dropped %d, %.1f %% of the time with averaging%n",
        rounds,
        TimeUnit.NANOSECONDS.toMillis(lateNanos.get()),
        accuracies,
        counts.meanStaleness(),
        counts.accepted(),
        counts.dropped(),
        100 * waited);
  }

  /** Answers after a while. */
  private final class Late implements ParameterExchange {
    private final ParameterExchange exchange;

    Late(ParameterExchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public List<Reply> open(LeaseAttempt attempt) throws InterruptedException {
      return exchange.open(attempt);
    }

    @Override
    public CompletableFuture<Reply> push(Push push) {
      return late(exchange.push(push));
    }

    @Override
    public CompletableFuture<Reply> fetch(Fetch fetch) {
      return late(exchange.fetch(fetch));
    }

    private CompletableFuture<Reply> late(CompletableFuture<Reply> answer) {
      return answer.thenApplyAsync(
          reply -> reply,
          CompletableFuture.delayedExecutor(lateNanos.get(), TimeUnit.NANOSECONDS));
    }

    @Override
    public Reply await(Fetch fetch, Duration atMost) throws InterruptedException {
      TimeUnit.NANOSECONDS.sleep(lateNanos.get());
      return exchange.await(fetch, atMost);
    }

    @Override
    public void close(LeaseAttempt attempt, int block) {
      exchange.close(attempt, block);
    }
  }
}
