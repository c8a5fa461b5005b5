package io.blockwise.job.training;

import io.blockwise.job.config.Settings;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Programs that tests start as drivers of their own. */
final class ClusterPrograms {
  private ClusterPrograms() {}

  private static Settings settings(String directory, String[] arguments, int from) {
    return SmallRuns.unprepared(
        Path.of(directory), Arrays.copyOfRange(arguments, from, arguments.length));
  }

  /** Trains a run in each of two directories, both at the same time in one application. */
  static final class TwoRuns {
    private TwoRuns() {}

    /** Arguments: the directories, and what is set for both. */
    public static void main(String[] arguments) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(2);
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        List<String> sets = new ArrayList<>(List.of(arguments).subList(2, arguments.length));
        sets.add("run-id=run-" + i);
        sets.add("seed=" + (i + 1));
        Settings settings =
            SmallRuns.unprepared(Path.of(arguments[i]), sets.toArray(String[]::new));
        runs.add(
            threads.submit(
                () -> {
                  Training.run(settings);
                  return null;
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
      threads.shutdown();
      SparkSession.getDefaultSession().get().stop();
    }
  }

  /**
   * Trains in lock-step, and beside it every worker's replica apart in a task of its own, of which
   * Spark makes the mean.
   */
  static final class LockStep {
    private LockStep() {}

    /** Arguments: the directory, the file for the mean, and what is set. */
    public static void main(String[] arguments) throws Exception {
      Settings settings = settings(arguments[0], arguments, 2);
      Training.run(settings);
      JavaSparkContext spark =
          JavaSparkContext.fromSparkContext(SparkSession.getDefaultSession().get().sparkContext());
      int workers = settings.workers().count();
      List<Integer> numbers = IntStream.range(0, workers).boxed().toList();
      String rendered = settings.rendered();
      double[] sums =
          spark
              .parallelize(numbers, workers)
              .map(worker -> weighted(rendered, arguments[0], worker))
              .treeAggregate(new double[0], LockStep::add, LockStep::add);
      try (DataOutputStream out =
          new DataOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
        for (int i = 1; i < sums.length; i++) {
          out.writeDouble(sums[i] / sums[0]);
        }
      }
      SparkSession.getDefaultSession().get().stop();
    }

    /** Examples of a worker in an epoch, and its parameters times these. */
    private static double[] weighted(String rendered, String directory, int worker)
        throws Exception {
      Path conf = Path.of(directory).resolve("rendered-" + worker + ".conf");
      Settings settings = Settings.load(Files.writeString(conf, rendered), List.of());
      try (Replicas replicas = new Replicas(settings)) {
        float[] parameters = replicas.trainOne(worker);
        double examples = (double) replicas.steps().get(worker) * settings.training().batchSize();
        double[] weighted = new double[1 + parameters.length];
        weighted[0] = examples;
        Arrays.setAll(weighted, i -> i == 0 ? examples : examples * parameters[i - 1]);
        return weighted;
      }
    }

    private static double[] add(double[] sum, double[] more) {
      if (sum.length == 0 || more.length == 0) {
        return sum.length == 0 ? more : sum;
      }
      double[] both = new double[sum.length];
      Arrays.setAll(both, i -> sum[i] + more[i]);
      return both;
    }
  }

  /** All blocks' parameters, one behind the other. */
  static float[] joined(List<float[]> blocks) {
    float[] all = new float[blocks.stream().mapToInt(block -> block.length).sum()];
    int at = 0;
    for (float[] block : blocks) {
      System.arraycopy(block, 0, all, at, block.length);
      at += block.length;
    }
    return all;
  }
}
