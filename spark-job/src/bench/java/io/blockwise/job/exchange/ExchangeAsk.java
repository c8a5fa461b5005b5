package io.blockwise.job.exchange;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.sql.SparkSession;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A question to the driver and its answer over the RPC of Spark's plugins, from an executor of a
 * {@code local-cluster}, one after the other: {@code ask} carries the bytes in the question, {@code
 * reply} in the answer. What several workers reach together is {@link ExchangeRate}'s business.
 *
 * <pre>
 *   mvn -q -Pbench -pl spark-job -am process-test-classes -Djmh=ExchangeAsk
 * </pre>
 *
 * <p>A task on the executor asks for orders; an order is a hundred questions of a size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 2)
public class ExchangeAsk {
  private static final int QUESTIONS = 100;
  private static final long PATIENCE_SECONDS = 60;

  /** Sizes of a question and of its answer: a header, and up to one piece of a value. */
  @Param({"100", "10000", "100000", "1000000", "4194304"})
  int bytes;

  private SparkSession spark;
  private JavaFutureAction<List<Integer>> task;

  @Setup(Level.Trial)
  public void start() {
    spark = BenchCluster.session(Echo.class);
    task =
        new JavaSparkContext(spark.sparkContext())
            .parallelize(List.of(1), 1)
            .map(unused -> followOrders())
            .collectAsync();
  }

  @TearDown(Level.Trial)
  public void stop() throws Exception {
    give(new Order(0, 0, 0));
    List<Integer> unused = task.get();
    spark.stop();
  }

  @Benchmark
  @OperationsPerInvocation(QUESTIONS)
  public void ask() throws InterruptedException {
    give(new Order(QUESTIONS, bytes, Order.BYTES));
    awaitDone();
  }

  @Benchmark
  @OperationsPerInvocation(QUESTIONS)
  public void reply() throws InterruptedException {
    give(new Order(QUESTIONS, Order.BYTES, bytes));
    awaitDone();
  }

  private static void give(Order order) throws InterruptedException {
    if (!Echo.ORDERS.offer(order, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no executor asks for orders");
    }
  }

  private static void awaitDone() throws InterruptedException {
    if (Echo.DONE.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
      throw new IllegalStateException("the executor does not finish its order");
    }
  }

  private static int followOrders() throws Exception {
    int orders = 0;
    for (Order order = ordered(); order.questions > 0; order = ordered()) {
      byte[] question = order.encoded(order.question);
      for (int i = 0; i < order.questions; i++) {
        byte[] answer = (byte[]) Echo.context.ask(question);
        if (answer.length != order.answer) {
          throw new IllegalStateException("an answer of " + answer.length + " bytes");
        }
      }
      Object unused = Echo.context.ask(new byte[] {Echo.FINISHED});
      orders++;
    }
    return orders;
  }

  private static Order ordered() throws Exception {
    while (true) {
      byte[] answer = (byte[]) Echo.context.ask(new byte[] {Echo.NEXT});
      if (answer.length > 0) {
        return Order.decoded(ByteBuffer.wrap(answer));
      }
    }
  }

  /** How many questions, and the bytes of each and of its answer. */
  private record Order(int questions, int question, int answer) {
    static final int BYTES = 3 * Integer.BYTES;

    static Order decoded(ByteBuffer from) {
      return new Order(from.getInt(), from.getInt(), from.getInt());
    }

    byte[] encoded(int bytes) {
      ByteBuffer into = ByteBuffer.allocate(bytes);
      return into.putInt(questions).putInt(question).putInt(answer).array();
    }
  }

  /** Answers a question by as many bytes as it asks for, and hands orders out. */
  public static final class Echo implements SparkPlugin {
    static final byte NEXT = 0;
    static final byte FINISHED = 1;
    static final SynchronousQueue<Order> ORDERS = new SynchronousQueue<>();
    static final SynchronousQueue<Boolean> DONE = new SynchronousQueue<>();
    static volatile PluginContext context;

    @Override
    public DriverPlugin driverPlugin() {
      return new DriverPlugin() {
        @Override
        public Object receive(Object message) throws Exception {
          byte[] question = (byte[]) message;
          if (question.length == 1) {
            return question[0] == NEXT ? next() : finished();
          }
          return new byte[Order.decoded(ByteBuffer.wrap(question)).answer];
        }
      };
    }

    private static byte[] next() throws InterruptedException {
      Order order = ORDERS.poll(1, TimeUnit.SECONDS);
      return order == null ? new byte[0] : order.encoded(Order.BYTES);
    }

    private static byte[] finished() throws InterruptedException {
      DONE.put(true);
      return new byte[0];
    }

    @Override
    public ExecutorPlugin executorPlugin() {
      return new ExecutorPlugin() {
        @Override
        public void init(PluginContext mine, Map<String, String> fromDriver) {
          context = mine;
        }
      };
    }
  }
}
