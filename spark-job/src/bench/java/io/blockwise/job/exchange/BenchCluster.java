package io.blockwise.job.exchange;

import com.sun.management.OperatingSystemMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Two executors, and workers as threads that are spread over them. Used by one thread. */
final class BenchCluster {
  /** One worker's part. */
  @FunctionalInterface
  interface Work extends Serializable {
    /** Returns bytes moved. */
    long run(int worker, long startMillis) throws Exception;
  }

  /**
   * What a measurement gave.
   *
   * @param seconds from the common start to the end of the last worker
   * @param cpuSeconds of the driver's process
   * @param threads CPU seconds of the driver's threads by name
   */
  record Result(long bytes, double seconds, double cpuSeconds, Map<String, Double> threads) {
    double megabytesPerSecond() {
      return bytes / 1e6 / seconds;
    }

    double cpuMillisPerMegabyte() {
      return cpuSeconds * 1e3 / (bytes / 1e6);
    }

    /** Of the threads in whose names a word is. */
    double cpuMillisPerMegabyte(String word) {
      double seconds =
          threads.entrySet().stream()
              .filter(thread -> thread.getKey().toLowerCase(Locale.ROOT).contains(word))
              .mapToDouble(Map.Entry::getValue)
              .sum();
      return seconds * 1e3 / (bytes / 1e6);
    }
  }

  private static final int EXECUTORS = 2;
  private static final long LEAD_MILLIS = 1500;

  private BenchCluster() {}

  static SparkSession session(Class<?> plugin) {
    return SparkSession.builder()
        .master("local-cluster[2,1,2048]")
        .appName("bench")
        .config("spark.executor.memory", "2048m")
        .config("spark.ui.enabled", "false")
        .config("spark.plugins", plugin.getName())
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.broadcast.compress", "false")
        .config("spark.locality.wait", "0s")
        .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .getOrCreate();
  }

  static Result measure(SparkSession spark, int workers, Work work) {
    long startMillis = System.currentTimeMillis() + LEAD_MILLIS;
    double cpu = cpuSeconds();
    Map<String, Double> threads = threadSeconds();
    List<Long> bytes =
        new JavaSparkContext(spark.sparkContext())
            .parallelize(IntStream.range(0, EXECUTORS).boxed().toList(), EXECUTORS)
            .map(executor -> onExecutor(executor, workers, startMillis, work))
            .collect();
    double seconds = (System.currentTimeMillis() - startMillis) / 1e3;
    Map<String, Double> spent = threadSeconds();
    threads.forEach((name, before) -> spent.merge(name, -before, Double::sum));
    return new Result(
        bytes.stream().mapToLong(Long::longValue).sum(), seconds, cpuSeconds() - cpu, spent);
  }

  private static long onExecutor(int executor, int workers, long startMillis, Work work)
      throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Callable<Long>> parts = new ArrayList<>();
      for (int worker = executor; worker < workers; worker += EXECUTORS) {
        int number = worker;
        parts.add(() -> work.run(number, startMillis));
      }
      long bytes = 0;
      for (Future<Long> part : threads.invokeAll(parts)) {
        bytes += part.get();
      }
      return bytes;
    } finally {
      threads.shutdownNow();
    }
  }

  static void waitUntil(long millis) throws InterruptedException {
    Thread.sleep(Math.max(0, millis - System.currentTimeMillis()));
  }

  private static double cpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static Map<String, Double> threadSeconds() {
    ThreadMXBean beans = ManagementFactory.getThreadMXBean();
    Map<String, Double> seconds = new TreeMap<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      String name = thread.getName().replaceAll("[-0-9]+$", "");
      seconds.merge(name, beans.getThreadCpuTime(thread.getId()) / 1e9, Double::sum);
    }
    return seconds;
  }
}
