package io.blockwise.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import scala.collection.JavaConverters;
import scala.runtime.AbstractFunction1;

/**
 * What a session holds beside what its user made.
 *
 * @param jobs that are at work
 * @param caches of data sets
 * @param listeners of the driver
 * @param broadcasts of Blockwise in the driver, by the class of what they hold; Spark's own, of its
 *     tasks, go when the collector finds them
 * @param threads of Blockwise in the driver, by name
 * @param workers threads of Blockwise on executors, by name
 */
record Leftovers(
    int jobs,
    int caches,
    int listeners,
    List<String> broadcasts,
    List<String> threads,
    List<String> workers) {
  private static final String OWN = "blockwise-";
  private static final int ROUNDS = 12;
  private static final long PAUSE_MILLIS = 1000;

  /** What is there now, a while after the last training. */
  static Leftovers settled(SparkSession spark) throws InterruptedException {
    Leftovers least = now(spark);
    for (int round = 0; round < ROUNDS; round++) {
      Thread.sleep(PAUSE_MILLIS);
      least = now(spark).orLess(least);
    }
    return least;
  }

  /** The job that counts may be at work yet, and what is unreachable not collected. */
  private Leftovers orLess(Leftovers other) {
    return new Leftovers(
        Math.min(jobs, other.jobs),
        caches,
        listeners,
        broadcasts.size() < other.broadcasts.size() ? broadcasts : other.broadcasts,
        threads,
        workers);
  }

  /** Whether there is nothing that was not there before. */
  boolean isNoMoreThan(Leftovers before) {
    return jobs <= before.jobs
        && broadcasts.size() <= before.broadcasts.size()
        && caches == before.caches
        && listeners == before.listeners
        && threads.equals(before.threads)
        && workers.equals(before.workers);
  }

  /** What is there now. */
  static Leftovers now(SparkSession spark) {
    var context = spark.sparkContext();
    List<String> workers = onExecutors(JavaSparkContext.fromSparkContext(context));
    System.gc(); // broadcasts go when nobody refers to them any more
    return new Leftovers(
        context.statusTracker().getActiveJobIds().length,
        context.getRDDStorageInfo().length,
        context.listenerBus().listeners().size(),
        ownBroadcasts(),
        names(),
        workers);
  }

  private static List<String> ownBroadcasts() {
    List<String> held = new ArrayList<>();
    BlockManager blocks = SparkEnv.get().blockManager();
    for (BlockId block :
        JavaConverters.seqAsJavaList(blocks.master().getMatchingBlockIds(new IsWhole(), true))) {
      var found = blocks.getLocalValues(block);
      if (found.isDefined()) {
        found.get().data().foreach(new ClassName(held)); // to its end, which unlocks it
      }
    }
    held.removeIf(name -> !name.startsWith("io.blockwise."));
    Collections.sort(held);
    return held;
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

  /** A broadcast, and not one of its pieces. */
  private static final class IsWhole extends AbstractFunction1<BlockId, Object>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public Object apply(BlockId block) {
      return block.isBroadcast() && block.name().matches("broadcast_\\d+");
    }
  }

  /** Of a value, or of the first one in it. */
  private static final class ClassName extends AbstractFunction1<Object, Object> {
    private final List<String> names;

    ClassName(List<String> names) {
      this.names = names;
    }

    @Override
    public Object apply(Object value) {
      Object inside = value instanceof List<?> list && !list.isEmpty() ? list.get(0) : value;
      return names.add(inside.getClass().getName());
    }
  }
}
