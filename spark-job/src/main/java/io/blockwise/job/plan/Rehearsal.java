package io.blockwise.job.plan;

import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.worker.Engines;
import io.blockwise.job.worker.ProcessMemory;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.network.DecoupledNetwork;
import io.blockwise.model.spec.NetworkSpec;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Some steps of the real network on random images, in a process of its own whose heap is in memory
 * from the start: what is resident beyond that heap is then native memory. {@link RehearsalProcess}
 * starts it.
 */
final class Rehearsal {
  /** Exit code of a rehearsal that needs more heap than it has. */
  static final int NEEDS_HEAP = 3;

  private static final int LEAST_STEPS = 3;
  private static final int MOST_STEPS = 50;
  private static final long LONGEST_NANOS = Duration.ofSeconds(2).toNanos();
  private static final double LEARNING_RATE = 1e-4;

  private Rehearsal() {}

  /**
   * What is to be tried.
   *
   * @param replicas 2 if the share of a further one in the same process is to be known
   */
  record Task(
      EngineChoice engine,
      NetworkSpec network,
      long seed,
      int batchSize,
      int evaluationBatch,
      int replicas)
      implements Serializable {}

  /**
   * What it took. Immutable.
   *
   * @param blocks of the network
   * @param stepNanos every step that was measured, after one that was not
   * @param nativeBytes most that was resident beyond the heap, with one replica
   * @param replicaBytes of that, for every further replica in the same process; 0 if not asked for
   */
  record Result(List<BlockSize> blocks, List<Long> stepNanos, long nativeBytes, long replicaBytes)
      implements Serializable {
    Result {
      blocks = List.copyOf(blocks);
      stepNanos = List.copyOf(stepNanos);
    }

    /** Median time of a step. */
    double secondsPerStep() {
      long[] sorted = stepNanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return sorted[sorted.length / 2] / 1e9;
    }
  }

  /**
   * Reads a task from the first file and writes its result to the second one; the third argument is
   * the size of the heap in bytes.
   */
  public static void main(String[] arguments) throws Exception {
    try {
      Task task = read(Path.of(arguments[0]));
      try (ObjectOutputStream out =
          new ObjectOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
        out.writeObject(run(task, Long.parseLong(arguments[2])));
      }
    } catch (OutOfMemoryError e) {
      Runtime.getRuntime().halt(NEEDS_HEAP);
    }
    System.exit(0);
  }

  private static Task read(Path file) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return (Task) in.readObject();
    }
  }

  private static Result run(Task task, long heap) throws InterruptedException, ExecutionException {
    Result first = onItsOwnThread(task, heap);
    if (task.replicas() == 1) {
      return first;
    }
    long before = ProcessMemory.resident();
    onItsOwnThread(task, heap);
    long growth = Math.max(0, ProcessMemory.resident() - before);
    return new Result(first.blocks(), first.stepNanos(), first.nativeBytes(), growth);
  }

  /** As a worker has one; the network stays, so that the next one comes on top. */
  private static Result onItsOwnThread(Task task, long heap)
      throws InterruptedException, ExecutionException {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      return thread.submit(() -> rehearse(task, heap)).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OutOfMemoryError error) {
        throw error;
      }
      throw e;
    } finally {
      thread.shutdown();
    }
  }

  // Closing the network would hide from the next one what it takes: the process ends soon.
  private static Result rehearse(Task task, long heap) {
    DecoupledNetwork network =
        new DecoupledNetwork(Engines.create(task.engine()), task.network(), task.seed());
    Batch batch = images(task, task.batchSize());
    network.step(batch, k -> LEARNING_RATE);
    network.scores(images(task, task.evaluationBatch()));
    List<Long> steps = new ArrayList<>();
    long spent = 0;
    while (steps.size() < LEAST_STEPS || spent < LONGEST_NANOS && steps.size() < MOST_STEPS) {
      long start = System.nanoTime();
      network.step(batch, k -> LEARNING_RATE);
      steps.add(System.nanoTime() - start);
      spent += steps.get(steps.size() - 1);
    }
    List<BlockSize> blocks = network.blocks().stream().map(BlockSize::of).toList();
    long peak = ProcessMemory.ofThisProcess().peakResident();
    return new Result(blocks, steps, peak - heap, 0);
  }

  private static Batch images(Task task, int rows) {
    NetworkSpec network = task.network();
    SplittableRandom random = new SplittableRandom(task.seed());
    Batch batch = new Batch(network.input(), rows);
    float[] inputs = batch.inputs();
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextDouble(-1, 1);
    }
    Arrays.setAll(batch.labels(), i -> random.nextInt(network.classes()));
    batch.rows(rows);
    return batch;
  }
}
