package io.blockwise.data.shapes;

import io.blockwise.base.SplitMix;
import io.blockwise.base.files.Storage;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.progress.Progress;
import io.blockwise.data.progress.ReportedJob;
import io.blockwise.data.progress.Step;
import io.blockwise.data.source.CifarLayout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Writes a folder of rendered shapes as CIFAR-10's files: five of train, one of test, the names of
 * the classes. Classes are equally frequent. An image depends on the seed, its split and its number
 * only, so the same call gives the same files on any cluster.
 */
public final class ShapesGenerator {
  private static final int TRAIN_FILES = 5;

  private ShapesGenerator() {}

  /** Generates, over what an earlier call left in {@code folder}. */
  public static void generate(
      JavaSparkContext spark,
      Storage storage,
      Path folder,
      ShapesOptions shapes,
      long seed,
      Progress progress)
      throws IOException, ExecutionException, InterruptedException {
    String names =
        Arrays.stream(ShapeKind.values())
            .map(ShapeKind::className)
            .collect(Collectors.joining("\n"));
    storage.write(
        new Path(folder, CifarLayout.CIFAR_10.namesFile()),
        (names + "\n").getBytes(StandardCharsets.UTF_8));
    String target = folder.toString();
    int train = shapes.train();
    int test = shapes.test();
    List<Integer> files = IntStream.rangeClosed(0, TRAIN_FILES).boxed().toList();
    LongAccumulator written = spark.sc().longAccumulator();
    JavaRDD<Integer> work =
        spark
            .parallelize(files, files.size())
            .map(
                file -> {
                  write(storage, new Path(target), file, train, test, seed);
                  written.add(1);
                  return file;
                });
    Step step = new Step("Generating files", files.size(), Step.Unit.PIECES);
    new ReportedJob(step, written, progress).collect(work);
  }

  private static void write(Storage storage, Path folder, int file, int train, int test, long seed)
      throws IOException {
    if (file == TRAIN_FILES) {
      write(storage, new Path(folder, CifarLayout.CIFAR_10.testFile()), 0, test, ~seed);
      return;
    }
    int first = (int) ((long) train * file / TRAIN_FILES);
    int end = (int) ((long) train * (file + 1) / TRAIN_FILES);
    write(storage, new Path(folder, "data_batch_" + (file + 1) + ".bin"), first, end, seed);
  }

  private static void write(Storage storage, Path target, int first, int end, long seed)
      throws IOException {
    storage.write(
        target,
        TaskContext.get().taskAttemptId(),
        out -> {
          OutputStream buffered = new BufferedOutputStream(out);
          byte[] record = new byte[CifarLayout.CIFAR_10.recordBytes()];
          for (int i = first; i < end; i++) {
            int label = i % ShapeKind.values().length;
            record[0] = (byte) label;
            SplitMix random = new SplitMix(SplitMix.combine(seed, i));
            ShapeImage.render(ShapeKind.values()[label], random, record, 1);
            buffered.write(record);
          }
          buffered.flush();
        });
  }
}
