package io.blockwise.job.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blockwise.base.Names;
import io.blockwise.job.worker.WorkerPlan;
import io.blockwise.model.network.Timeline;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What the blocks of all workers of a run did lately. Each block's is held in 128 KiB, so that a
 * long run's trace is that of its end. Used by the driver's thread, but for what {@link #ofWorker}
 * has given.
 */
public final class Traces {
  /** Of a run without; hears nothing and writes nothing. */
  public static final Traces NONE = new Traces(0, "");

  /** In the run's directory. */
  public static final String FILE = "trace.json";

  /** The picture beside it. */
  public static final String PICTURE = "trace.svg";

  private static final int CAPACITY = 4096;

  private final long begin = System.nanoTime();
  private final int blocks;
  private final String execution;
  private final List<WorkerTrace> workers = new ArrayList<>();

  private Traces(int blocks, String execution) {
    this.blocks = blocks;
    this.execution = execution;
  }

  /** Of a run that begins. */
  public static Traces of(WorkerPlan plan) {
    return new Traces(plan.network().blocks().size(), Names.of(plan.execution()));
  }

  /** Makes new files. */
  public interface Files {
    /** A new file of that name. */
    OutputStream create(String name) throws IOException;
  }

  /**
   * Hears what the blocks of a worker do.
   *
   * @param worker from 0, asked for in this order
   */
  public Timeline ofWorker(int worker) {
    if (blocks == 0) {
      return Timeline.NONE;
    }
    workers.add(new WorkerTrace(blocks, CAPACITY, begin));
    return workers.get(worker);
  }

  /** Writes down what was heard, if anything was; once no worker trains any more. */
  public void write(Files files) throws IOException {
    if (workers.isEmpty()) {
      return;
    }
    try (TraceJson json = new TraceJson(files.create(FILE))) {
      for (int i = 0; i < workers.size(); i++) {
        json.worker(i + 1, workers.get(i));
      }
    }
    try (OutputStream out = files.create(PICTURE)) {
      String title = "Blocks of worker 1, " + execution + ": the last batches by their numbers";
      out.write(TracePicture.of(title, workers.get(0)).getBytes(UTF_8));
    }
  }
}
