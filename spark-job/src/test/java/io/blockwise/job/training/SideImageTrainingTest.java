package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.model.artifact.ModelVersion;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images of noise, beside which another one shows the class by its brightness. */
@Timeout(120) // what hangs shall fail
class SideImageTrainingTest {
  private static final int SIZE = 8;
  private static final int PER_CLASS = 80;
  private static final List<String> CLASSES = List.of("dark", "bright");

  @TempDir static Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    SplittableRandom random = new SplittableRandom(2);
    for (String name : CLASSES) {
      for (int i = 0; i < PER_CLASS; i++) {
        String file = name + "/" + i + ".png";
        image(directory.resolve("raw").resolve(file), random, false);
        image(directory.resolve("depth").resolve(file), random, name.equals("bright"));
      }
    }
  }

  private static void image(Path file, SplittableRandom random, boolean bright) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        image.getRaster().setSample(x, y, 0, random.nextInt(128) + (bright ? 96 : 0));
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private static Settings settings(String... sets) throws IOException {
    Path conf =
        Files.writeString(
            directory.resolve("images.conf"),
            """
            run-id = run
            model.name = small
            threads = 1
            engine = torch
            method = pred
            output = "%1$s/out"
            data { kind = image-folder, path = "%1$s/raw", image-size = 8, shards.train = 2
              validation-fraction = 0.2, test-fraction = 0.2, side.images = "%1$s/depth" }
            network.blocks = [
              [{ type = convolution, filters = 4 }, { type = batch-norm }, { type = relu }]
              [{ type = convolution, filters = 8 }, { type = batch-norm }, { type = relu }
               { type = max-pool }]
            ]
            exit.features = flat
            side.inputs = [{ block = 2, field = images }]
            training { batch-size = 16, epochs = 6, learning-rate = 1e-2 }
            report.interval = 0s
            """
                .formatted(directory));
    return Settings.load(conf, List.of(sets));
  }

  @Test
  void furtherChannelsReachTheBlockThatReadsThemCutAndMirroredAsTheImage() throws Exception {
    Settings settings = settings("training.augmentation=weak");
    SmallRuns.prepare(settings);
    SmallRuns.train(settings);
    ModelVersion version = SmallRuns.published(directory);
    List<Double> accuracy = version.metrics().test().accuracy();
    assertThat(accuracy.get(0)).isLessThan(0.8);
    assertThat(accuracy.get(1)).isGreaterThan(0.9);
    assertThat(version.description().fields()).containsOnlyKeys("pixels", "images");
    ModelEvaluation.run(settings);

    // a data set without the further channels is none to evaluate the model on
    Settings without =
        settings("data.side.images=", "data.name=plain", "evaluation.other-data=true");
    SmallRuns.prepare(without);
    assertThatThrownBy(() -> ModelEvaluation.run(without))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "block 2 reads [images], and the rows do not have that (prepare the data set with"
                + " data.side, or ask predict, which lets the first 1 answer)");
  }

  @Test
  void coloursOfFurtherChannelsAreNotChanged() throws Exception {
    Settings settings = settings("training.augmentation=strong", "run-id=strong");
    SmallRuns.prepare(settings);
    assertThatThrownBy(() -> SmallRuns.train(settings))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("must be none or weak for rows with a side image");
  }
}
