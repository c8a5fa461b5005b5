package io.blockwise.spark;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import scala.runtime.AbstractFunction1;

/**
 * What a session holds beside what its user made.
 *
 * @param jobs that are at work
 * @param caches of data sets
 * @param listeners of the driver
 * @param broadcasts in the driver's and the executors' memory
 * @param threads of Blockwise in the driver, by name
 * @param workers threads of Blockwise on executors, by name
 */
record Leftovers(
    int jobs,
    int caches,
    int listeners,
    long broadcasts,
    List<String> threads,
    List<String> workers) {
  private static final String OWN = "blockwise-";
  private static final int ROUNDS = 12;
  private static final long PAUSE_MILLIS = 1000;

  /** What is there now, a while after the last training. */
  static Leftovers settled(SparkSession spark) throws InterruptedException {
    Leftovers least = of(spark);
    for (int round = 0; round < ROUNDS; round++) {
      Thread.sleep(PAUSE_MILLIS);
      least = of(spark).orLess(least);
    }
    return least;
  }

  /** The job that counts may be at work yet, and Spark's broadcasts for it not collected. */
  private Leftovers orLess(Leftovers other) {
    return new Leftovers(
        Math.min(jobs, other.jobs),
        caches,
        listeners,
        Math.min(broadcasts, other.broadcasts),
        threads,
        workers);
  }

  /** Whether there is nothing that was not there before. */
  boolean isNoMoreThan(Leftovers before) {
    return jobs <= before.jobs
        && broadcasts <= before.broadcasts
        && caches == before.caches
        && listeners == before.listeners
        && threads.equals(before.threads)
        && workers.equals(before.workers);
  }

  private static Leftovers of(SparkSession spark) {
    var context = spark.sparkContext();
    List<String> workers = onExecutors(JavaSparkContext.fromSparkContext(context));
    System.gc(); // broadcasts of Spark's own go when nobody refers to their jobs any more
    return new Leftovers(
        context.statusTracker().getActiveJobIds().length,
        context.getRDDStorageInfo().length,
        context.listenerBus().listeners().size(),
        countBroadcasts(),
        names(),
        workers);
  }

  private static long countBroadcasts() {
    return SparkEnv.get()
        .blockManager()
        .master()
        .getMatchingBlockIds(new IsBroadcast(), true)
        .length();
  }

  /** More tasks than executors, so that each of these has some. */
  private static List<String> onExecutors(JavaSparkContext context) {
    List<Integer> tasks = IntStream.range(0, 8).boxed().toList();
    return context
        .parallelize(tasks, tasks.size())
        .flatMap(
            task -> {
              Thread.sleep(20);
              return names().iterator();
            })
        .distinct()
        .collect()
        .stream()
        .sorted()
        .toList();
  }

  private static List<String> names() {
    return Stream.of(Thread.getAllStackTraces().keySet())
        .flatMap(threads -> threads.stream().map(Thread::getName))
        .filter(name -> name.startsWith(OWN))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static final class IsBroadcast extends AbstractFunction1<BlockId, Object>
      implements java.io.Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public Object apply(BlockId block) {
      return block.isBroadcast();
    }
  }
}
