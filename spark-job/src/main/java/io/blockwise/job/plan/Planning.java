package io.blockwise.job.plan;

import static io.blockwise.job.plan.MemoryModel.MEBI;

import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.job.cli.LaunchEnvironment;
import io.blockwise.job.cluster.Masters;
import io.blockwise.job.config.Settings;
import io.blockwise.job.input.Datasets;
import io.blockwise.job.input.HadoopSettings;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;

/**
 * The command {@code plan}: says what a training would take, and refuses what cannot run. Starts no
 * Spark application, prepares no data and writes nothing.
 */
public final class Planning {
  /** The master that is planned for; the one that this process runs under is a local one. */
  static final String MASTER = "spark.blockwise.master";

  private static final String EXECUTOR_MEMORY = "spark.executor.memory";
  private static final String OVERHEAD = "spark.executor.memoryOverhead";
  private static final String DRIVER_MEMORY = "spark.driver.memory";

  /** Without so much room beyond what is live, a collector does hardly anything but collect. */
  private static final double LEAST_ROOM = 1.1;

  private final Settings settings;
  private final SparkProperties spark;

  private Planning(Settings settings, SparkProperties spark) {
    this.settings = settings;
    this.spark = spark;
  }

  /**
   * Plans and prints.
   *
   * @throws UserException if the training could not run
   * @throws io.blockwise.job.RunFailedException if the network cannot be tried on this machine
   */
  public static void run(Settings settings) throws IOException, InterruptedException {
    SparkConf conf = new SparkConf();
    Plan plan = plan(settings, new SparkProperties(name -> conf.get(name, null)));
    System.out.print(PlanText.of(plan));
    System.out.flush();
  }

  /** The plan for Spark's properties. */
  static Plan plan(Settings settings, SparkProperties spark)
      throws IOException, InterruptedException {
    return new Planning(settings, spark).plan();
  }

  private Plan plan() throws IOException, InterruptedException {
    String master = spark.text(MASTER).orElseGet(Masters::current);
    int processors = Runtime.getRuntime().availableProcessors();
    int threads =
        LaunchEnvironment.threads(
            settings,
            master,
            spark.number("spark.task.cpus"),
            spark.number("spark.executor.cores"),
            processors);
    Offer offer = Offer.of(master, spark, threads, processors);
    int workers = offer.workers(settings);
    OptionalLong heap = spark.bytes(offer.isLocal() ? DRIVER_MEMORY : EXECUTOR_MEMORY);
    Configuration hadoop = HadoopSettings.current();
    Optional<Dataset> dataset = Datasets.existing(settings, hadoop);
    dataset.ifPresent(there -> Datasets.requireComplete(there, hadoop));
    Rows rows =
        dataset
            .map(there -> Rows.of(there.manifest()))
            .orElseGet(() -> Rows.expected(settings.data()));
    NetworkSpec network = settings.network(rows.shape(), rows.classes());
    if (rows.isCounted()) {
      Schedule.of(settings, rows.train(), workers); // refuses before time is spent on a rehearsal
    }
    Plan plan =
        Plan.of(
            settings,
            network,
            settings.data().directory(),
            rows,
            offer,
            RehearsalProcess.run(task(network, offer.workersPerProcess(workers)), threads),
            settings.runIdAt(Instant.now()),
            heap);
    requireMemory(plan);
    return plan;
  }

  private Rehearsal.Task task(NetworkSpec network, int replicas) {
    int batch = settings.training().batchSize();
    return new Rehearsal.Task(
        settings.engineChoice(),
        network,
        settings.seed(),
        batch,
        settings.evaluation().batchSizeOr(batch),
        Math.min(2, replicas));
  }

  private void requireMemory(Plan plan) {
    boolean local = plan.offer().isLocal();
    Memory memory = plan.process();
    if (memory.heapSetting() < LEAST_ROOM * memory.heap()) {
      throw tooSmall(
          local ? DRIVER_MEMORY : EXECUTOR_MEMORY,
          memory.heapSetting(),
          memory.heap(),
          "of heap",
          MemoryModel.heapSetting(memory.heap()));
    }
    OptionalLong overhead = spark.bytes(OVERHEAD);
    boolean watched = plan.offer().kind() == Offer.Kind.CONTAINERS;
    if (watched && overhead.isPresent() && overhead.getAsLong() < memory.nativeBytes()) {
      throw tooSmall(
          OVERHEAD,
          overhead.getAsLong(),
          memory.nativeBytes(),
          "outside the heap",
          MemoryModel.overheadSetting(memory.nativeBytes()));
    }
    OptionalLong driver = spark.bytes(DRIVER_MEMORY);
    if (!local && driver.isPresent() && driver.getAsLong() < LEAST_ROOM * plan.driverHeap()) {
      throw tooSmall(
          DRIVER_MEMORY,
          driver.getAsLong(),
          plan.driverHeap(),
          "of heap",
          MemoryModel.driverSetting(plan.driverHeap()));
    }
  }

  private static UserException tooSmall(
      String key, long given, long needed, String where, long enough) {
    return new UserException(
        "Cannot train with "
            + key
            + " = "
            + given / MEBI
            + "m: the process needs about "
            + needed / MEBI
            + " MiB "
            + where
            + " (raise it to "
            + enough / MEBI
            + "m, or lower workers, training.batch-size or data.memory)");
  }
}
