package io.blockwise.job.exchange;

import static io.blockwise.job.exchange.Ledgers.filled;

import io.blockwise.job.exchange.executor.PluginExchange;
import io.blockwise.model.averaging.Fetch;
import io.blockwise.model.averaging.FloatVector;
import io.blockwise.model.averaging.LeaseAttempt;
import io.blockwise.model.averaging.Reply;
import io.blockwise.model.averaging.ledger.BlockLedger;
import io.blockwise.model.network.BlockFigures;
import io.blockwise.model.network.NetworkFigures;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Two tasks at a time, each a worker of a run in lock-step; prints what has become of it. */
final class TasksThatPush {
  private static final int LARGE = 3_000_001; // three pieces
  private static final int ROUNDS = 3;

  private TasksThatPush() {}

  public static void main(String[] arguments) {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
      List<BlockLedger> ledgers = Ledgers.zeros("run", Ledgers.lockStep(), LARGE, 5);
      ledgers.forEach(
          ledger -> {
            ledger.announce(0);
            ledger.announce(1);
          });
      Heard heard = new Heard();
      try (ExchangeServer server =
          ExchangeServer.serve("run", ledgers, 2, heard, Wire.LONGEST_IDLE)) {
        List<String> workers =
            context.parallelize(List.of(0, 1), 2).map(TasksThatPush::train).collect();
        workers.forEach(System.out::println);
        System.out.println("counts " + server.messages());
      }
      System.out.println("examples " + heard.examples());
      System.out.println(
          "sum "
              + ledgers.get(0).state().value().equals(filled(LARGE, 1.5f * ROUNDS))
              + " version "
              + ledgers.get(0).state().version());
      System.out.println(
          "open "
              + context
                  .parallelize(List.of("run"), 1)
                  .map(run -> ExchangePlugin.ofThisExecutor().isOpen(run))
                  .collect());
    }
  }

  private static String train(int worker) throws Exception {
    PluginExchange exchange = ExchangePlugin.ofThisExecutor();
    LeaseAttempt lease = new LeaseAttempt("run", worker, 1, TaskContext.get().taskAttemptId());
    long base = exchange.open(lease).get(0).state().version();
    FloatVector value = FloatVector.copyOf(new float[0]);
    for (int round = 1; round <= ROUNDS; round++) {
      Reply sent =
          exchange.push(Ledgers.delta(lease, 1, round, base, filled(LARGE, worker + 1))).get();
      Reply settled =
          sent.decides(round)
              ? sent
              : exchange.await(new Fetch(lease, 1, round), Duration.ofSeconds(60));
      base = settled.state().version();
      value = settled.state().value();
      exchange.report(
          lease,
          round,
          new NetworkFigures(
              10, List.of(new BlockFigures(List.of(), 1, 1), new BlockFigures(List.of(), 1, 0))));
    }
    boolean equal = value.equals(filled(LARGE, 1.5f * ROUNDS));
    return "worker " + worker + " " + equal + " pid " + ProcessHandle.current().pid();
  }

  private static final class Heard implements LeaseListener {
    private final Queue<Long> examples = new ConcurrentLinkedQueue<>();

    long examples() {
      return examples.stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void exchangeAdvanced(LeaseAttempt attempt) {}

    @Override
    public void workCounted(LeaseAttempt attempt, long done) {}

    @Override
    public void figuresReported(LeaseAttempt attempt, NetworkFigures figures) {
      examples.add(figures.examples());
    }

    @Override
    public void evaluationCounted(long number, long done) {}
  }
}
