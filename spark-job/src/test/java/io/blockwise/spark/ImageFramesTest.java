package io.blockwise.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.split;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images as Spark reads them: the content of files, and its own schema of images. */
@Timeout(240)
class ImageFramesTest {
  private static final int SIZE = 8;

  @TempDir static Path directory;
  private static SparkSession spark;

  @BeforeAll
  static void paint() throws IOException {
    spark =
        SparkSession.builder().master("local[2]").config("spark.ui.enabled", "false").getOrCreate();
    Random random = new Random(1);
    Path images = Files.createDirectories(directory.resolve("images"));
    for (int i = 0; i < 160; i++) {
      // of two sizes, in colours that reds and blues differ by
      BufferedImage image =
          new BufferedImage(SIZE + i % 3, SIZE + i % 3, BufferedImage.TYPE_INT_RGB);
      Graphics2D canvas = image.createGraphics();
      int strong = 150 + random.nextInt(100);
      int weak = random.nextInt(100);
      canvas.setColor(i % 2 == 0 ? new Color(strong, weak, weak) : new Color(weak, weak, strong));
      canvas.fillRect(0, 0, SIZE + 2, SIZE + 2);
      canvas.dispose();
      String name = (i % 2 == 0 ? "red" : "blue") + "-" + i + ".png";
      ImageIO.write(image, "png", images.resolve(name).toFile());
    }
  }

  private static Dataset<Row> contents() {
    return labelled(
        spark.read().format("binaryFile").load(directory.resolve("images").toString()), "path");
  }

  private static Dataset<Row> images() {
    return labelled(
        spark.read().format("image").load(directory.resolve("images").toString()), "image.origin");
  }

  private static Dataset<Row> labelled(Dataset<Row> read, String path) {
    return read.withColumn(
        "label", regexp_extract(element_at(split(col(path), "/"), -1), "^([a-z]+)-", 1));
  }

  private static BlockwiseClassifier classifier(String features) {
    return new BlockwiseClassifier()
        .setFeaturesCol(features)
        .setProgress(false)
        .with("output", directory.resolve("out").toString())
        .with("data.image-size", SIZE)
        .with("backbone", "mlp")
        .with("mlp.hidden", new Object[] {8, 8})
        .with("method", "pred")
        .with("training.batch-size", 16)
        .with("training.epochs", 3)
        .with("training.learning-rate", 0.01);
  }

  @Test
  void contentsOfFilesAndImagesOfSparkAreAnsweredAlike() {
    BlockwiseModel ofContents = classifier("content").fit(contents());
    BlockwiseModel ofImages = classifier("image").fit(images());
    assertThat(right(ofContents.transform(contents()))).isEqualTo(160);
    assertThat(right(ofImages.transform(images()))).isEqualTo(160);
    assertThat(right(ofContents.setFeaturesCol("image").transform(images()))).isEqualTo(160);
  }

  private static long right(Dataset<Row> answered) {
    return answered.where("predictedLabel = label").count();
  }
}
