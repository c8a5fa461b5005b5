package io.blockwise.job.cluster;

import io.blockwise.base.Names;
import io.blockwise.base.UserException;
import io.blockwise.job.cli.Interruption;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.config.Settings;
import io.blockwise.job.device.Threads;
import io.blockwise.job.exchange.ExchangePlugin;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark application, configured so that workers can live on its executors. Properties that the
 * user has set stay as they are.
 */
public final class ClusterSession {
  private static final String TASK_CPUS = "spark.task.cpus";
  private static final String PLUGINS = "spark.plugins";

  private ClusterSession() {}

  /**
   * Starts the application, or takes the one that runs. A run calls it once: when its application
   * has been ended, it would start another.
   *
   * @throws UserException if it cannot be started within {@code workers.start-timeout}, or the one
   *     that runs was started without the plugin
   */
  public static JavaSparkContext open(Settings settings) throws InterruptedException {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session(settings).sparkContext());
    if (!context.getConf().get(PLUGINS, "").contains(ExchangePlugin.class.getName())
        || ExecutorRoster.ofThisApplication().isEmpty()) {
      throw new UserException(
          "Cannot train in this Spark application: it was started without the plugin (start it with"
              + " --conf spark.plugins="
              + ExchangePlugin.class.getName()
              + " --conf spark.extraListeners="
              + ExecutorRoster.class.getName()
              + ", or let Blockwise start it)");
    }
    return context;
  }

  // Spark refuses its properties and masters that cannot be reached with whatever it likes.
  private static SparkSession session(Settings settings) throws InterruptedException {
    SparkConf conf = configured(new SparkConf(), settings);
    Duration atMost = settings.workers().startTimeout();
    String master = conf.get("spark.master", "an unknown master");
    try {
      return SparkCalls.within(
          atMost, () -> {}, () -> SparkSession.builder().config(conf).getOrCreate());
    } catch (TimeoutException e) {
      throw new UserException(
          "Cannot start Spark on "
              + master
              + ": it has not answered within "
              + Names.of(atMost)
              + " (see that the master runs and can be reached from here, or raise"
              + " workers.start-timeout)",
          e);
    } catch (RuntimeException e) {
      if (Interruption.isBehind(e)) {
        throw e;
      }
      throw new UserException(
          "Cannot start Spark on "
              + master
              + ": "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + " (look at Spark's properties and at the master)",
          e);
    }
  }

  /**
   * Waits until there are executors for enough workers, before anything is asked of them.
   *
   * @throws io.blockwise.job.RunFailedException if that takes longer than {@code
   *     workers.start-timeout}
   */
  public static void awaitExecutors(Settings settings, JavaSparkContext context)
      throws InterruptedException {
    new WorkerPlaces(context, settings).awaitStart();
  }

  /**
   * Tells the workers of {@code local-cluster}, which are made with the application, of the GPUs
   * that its executors ask for: without them no executor ever starts.
   */
  private static void shareGpusOfThisMachine(SparkConf conf) {
    if (conf.get("spark.master", "").startsWith("local-cluster")) {
      for (String property : List.of("amount", "discoveryScript")) {
        String executors = conf.get("spark.executor.resource.gpu." + property, "");
        if (!executors.isEmpty()) {
          conf.setIfMissing("spark.worker.resource.gpu." + property, executors);
        }
      }
    }
  }

  /** Adds what the job needs and the user has not set. */
  static SparkConf configured(SparkConf conf, Settings settings) {
    int threads = LaunchEnvironment.threads(settings);
    append(conf, PLUGINS, ExchangePlugin.class.getName());
    append(conf, "spark.extraListeners", ExecutorRoster.class.getName());
    conf.setIfMissing("spark.app.name", "blockwise " + settings.model().name());
    conf.setIfMissing(TASK_CPUS, Integer.toString(threads));
    Threads.environment(settings.libraryThreads(threads))
        .forEach((name, value) -> conf.setIfMissing("spark.executorEnv." + name, value));
    // the numbers that nvidia-smi and bin/find-gpus give to GPUs
    conf.setIfMissing("spark.executorEnv.CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    shareGpusOfThisMachine(conf);
    // a lease of one worker must not wait behind those of the others
    conf.setIfMissing("spark.scheduler.mode", "FAIR");
    // long enough for the old executor, where the replica is; short enough for a lost one
    conf.setIfMissing("spark.locality.wait", "1s");
    // records cannot be serialised by Spark's Kryo
    conf.setIfMissing("spark.serializer", "org.apache.spark.serializer.JavaSerializer");
    // a killed task waits for its worker; one that never stops takes its process with it
    conf.setIfMissing("spark.task.reaper.enabled", "true");
    conf.setIfMissing(
        "spark.task.reaper.killTimeout", settings.lease().stallTimeout().toMillis() + "ms");
    // the end of the application would wait for an executor that is silent
    conf.setIfMissing("spark.cleaner.referenceTracking.blocking", "false");
    return conf;
  }

  private static void append(SparkConf conf, String property, String name) {
    String before = conf.get(property, "");
    if (!before.contains(name)) {
      conf.set(property, before.isEmpty() ? name : before + "," + name);
    }
  }
}
