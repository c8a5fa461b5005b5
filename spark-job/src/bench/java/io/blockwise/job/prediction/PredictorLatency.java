package io.blockwise.job.prediction;

import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Shard;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;

/**
 * How long one example takes by itself, the thread's hand-over included, and how long a predictor
 * takes until its first answer: {@code MODEL TEXTS}, where the file has a text in each line; for
 * models of images {@code MODEL DATASET}.
 */
public final class PredictorLatency {
  private static final int WARM = 200;
  private static final int TIMED = 2_000;

  private PredictorLatency() {}

  public static void main(String[] arguments) throws Exception {
    Configuration hadoop = new Configuration();
    long start = System.nanoTime();
    ModelVersion version = ModelPlace.of(hadoop, arguments[0]).read(hadoop);
    EngineChoice torch = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);
    boolean texts = Files.isRegularFile(Path.of(arguments[1]));
    long read = System.nanoTime();
    if (texts) {
      try (Predictor<String> predictor = Predictor.ofTexts(version, torch)) {
        measure(predictor, version, Files.readAllLines(Path.of(arguments[1])), start, read);
      }
    } else {
      try (Predictor<byte[]> predictor = Predictor.ofImages(version, torch)) {
        measure(predictor, version, images(hadoop, arguments[1]), start, read);
      }
    }
  }

  private static List<byte[]> images(Configuration hadoop, String directory)
      throws IOException {
    Dataset dataset = Dataset.open(hadoop, new org.apache.hadoop.fs.Path(directory));
    List<byte[]> images = new ArrayList<>();
    for (Shard shard : dataset.manifest().split(Split.TEST).shards()) {
      Rows rows = dataset.read(shard);
      images.addAll(Pngs.of(rows));
    }
    return images;
  }

  private static <R> void measure(
      Predictor<R> predictor, ModelVersion version, List<R> examples, long start, long read)
      throws Exception {
    predictor.answer(examples.get(0));
    long first = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "model read in %.0f ms, first answer after %.0f ms more%n",
        (read - start) / 1e6,
        (first - read) / 1e6);
    int blocks = predictor.blocks();
    ExitRule own = version.description().exits().rule(blocks);
    for (ExitRule rule : List.of(new ExitRule.Shortcut(1), new ExitRule.Shortcut(blocks), own)) {
      print(rule + ", one thread", times(predictor, examples, rule, 1));
      print(rule + ", four threads", times(predictor, examples, rule, 4));
    }
  }

  private static <R> double[] times(
      Predictor<R> predictor, List<R> examples, ExitRule rule, int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<double[]>> parts = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int offset = t;
        parts.add(pool.submit(() -> times(predictor, examples, rule, offset, TIMED / threads)));
      }
      double[] all = new double[0];
      for (Future<double[]> part : parts) {
        double[] more = part.get();
        int length = all.length;
        all = Arrays.copyOf(all, length + more.length);
        System.arraycopy(more, 0, all, length, more.length);
      }
      return all;
    } finally {
      pool.shutdown();
    }
  }

  private static <R> double[] times(
      Predictor<R> predictor, List<R> examples, ExitRule rule, int offset, int count)
      throws InterruptedException {
    double[] millis = new double[count];
    for (int i = -WARM; i < count; i++) {
      R example = examples.get(Math.floorMod(offset + 7 * i, examples.size()));
      long start = System.nanoTime();
      predictor.answer(List.of(example), rule);
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    return millis;
  }

  private static void print(String name, double[] millis) {
    Arrays.sort(millis);
    System.out.printf(
        Locale.ROOT,
        "%s: p50 %.3f ms, p99 %.3f ms, mean %.3f ms%n",
        name,
        millis[millis.length / 2],
        millis[millis.length * 99 / 100],
        Arrays.stream(millis).average().orElse(0));
  }
}
