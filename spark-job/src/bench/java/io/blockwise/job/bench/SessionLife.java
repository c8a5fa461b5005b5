package io.blockwise.job.bench;

import io.blockwise.base.files.Storage;
import io.blockwise.data.options.ShapesOptions;
import io.blockwise.data.progress.TerminalProgress;
import io.blockwise.data.shapes.ShapesGenerator;
import io.blockwise.spark.BlockwiseClassifier;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A session that trains on rendered shapes over and over: a search with three folds and two
 * settings, two fits at once, one that fails, and one that does not. Prints after each what the
 * process holds.
 */
final class SessionLife {
  private static final int SIDE = 32;
  private static final int PIXELS = SIDE * SIDE;

  private final SparkSession spark;
  private final Path output;

  private SessionLife(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /** Runs all, in a folder of its own. */
  public static void main(String... arguments) throws Exception {
    Path folder = Files.createTempDirectory("session");
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    new SessionLife(spark, folder).run();
    spark.stop();
  }

  private void run() throws Exception {
    Dataset<Row> train = shapes().cache();
    System.out.println("Images: " + train.count());
    classifier(3).fit(train);
    say("a first fit");
    search(train);
    say("a search of 3 folds x 2 settings and the best one's fit, two at once");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<?>> both = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      BlockwiseClassifier own = classifier(3).with("seed", seed);
      both.add(threads.submit(() -> own.fit(train)));
    }
    for (Future<?> one : both) {
      one.get();
    }
    threads.shutdown();
    say("two fits at once");
    try {
      classifier(3).with("training.learning-rate", 1e30).fit(train);
    } catch (RuntimeException e) {
      System.out.println("Failed: " + e.getMessage());
    }
    say("a fit that failed");
    classifier(3).fit(train);
    say("a fit");
  }

  private void search(Dataset<Row> train) {
    BlockwiseClassifier classifier = classifier(20);
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(
                classifier.setting("training.learning-rate"),
                scala.collection.JavaConverters.asScalaBuffer(List.<Object>of(1e-4, 3e-3)))
            .build();
    CrossValidatorModel found =
        new CrossValidator()
            .setEstimator(classifier)
            .setEstimatorParamMaps(grid)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setNumFolds(3)
            .setParallelism(2)
            .setSeed(1)
            .fit(train);
    System.out.println("Accuracy by setting: " + Arrays.toString(found.avgMetrics()));
  }

  private BlockwiseClassifier classifier(int epochs) {
    return new BlockwiseClassifier()
        .setFeaturesCol("image")
        .setProgress(false)
        .with("output", output.toString())
        .with("engine", "torch")
        .with("backbone", "vgg-small")
        .with("vgg-small.width", 16)
        .with("training.batch-size", 32)
        .with("method", "scpl")
        .with("workers.count", 1)
        .with("training.epochs", epochs);
  }

  private Dataset<Row> shapes() throws Exception {
    Path raw = output.resolve("shapes");
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ShapesGenerator.generate(
        context,
        new Storage(context.hadoopConfiguration()),
        new org.apache.hadoop.fs.Path(raw.toString()),
        new ShapesOptions(3000, 10),
        1,
        TerminalProgress.onStandardError());
    List<Row> rows = new ArrayList<>();
    for (int file = 1; file <= 5; file++) {
      byte[] images = Files.readAllBytes(raw.resolve("data_batch_" + file + ".bin"));
      for (int start = 0; start < images.length; start += 1 + 3 * PIXELS) {
        rows.add(RowFactory.create(png(images, start + 1), (int) images[start]));
      }
    }
    return spark.createDataFrame(
        rows,
        new StructType().add("image", DataTypes.BinaryType).add("label", DataTypes.IntegerType));
  }

  private static byte[] png(byte[] images, int start) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < PIXELS; i++) {
      int red = images[start + i] & 0xff;
      int green = images[start + PIXELS + i] & 0xff;
      int blue = images[start + 2 * PIXELS + i] & 0xff;
      image.setRGB(i % SIDE, i / SIDE, red << 16 | green << 8 | blue);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private void say(String after) throws Exception {
    for (int i = 0; i < 6; i++) {
      System.gc();
      Thread.sleep(1000);
    }
    var context = spark.sparkContext();
    System.out.printf(
        Locale.ROOT,
        "After %s: %d threads, %d of them Blockwise's, %d listeners, %d caches, heap %.0f MB,"
            + " process %.0f MB%n",
        after,
        ManagementFactory.getThreadMXBean().getThreadCount(),
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("blockwise-"))
            .count(),
        context.listenerBus().listeners().size(),
        context.getRDDStorageInfo().length,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6,
        resident() / 1e3);
  }

  /** In kB. */
  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
