package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.SplitMix;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.spec.Shape;
import io.blockwise.testing.RandomSeed;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ImageTransformTest {
  @RegisterExtension static final RandomSeed SEED = new RandomSeed();

  private static final Shape.FeatureMap SHAPE = Shape.map(2, 6, 5);
  private static final InputField.Image IMAGE =
      new InputField.Image(true, List.of(0.3, 0.6), List.of(0.2, 0.5));
  private static final int IMAGES = 20_000;

  private final byte[] pixels = pixels();

  @Test
  void plainImageIsNormalisedPerChannel() {
    byte[] all = new byte[2 * 256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    float[] out = new float[all.length];
    new ImageTransform(Shape.map(2, 16, 16), IMAGE, Augmentation.NONE)
        .apply(all, 0, new SplitMix(1), out, 0);
    for (int p = 0; p < 256; p++) {
      assertThat(out[p]).isEqualTo((float) ((p / 255.0 - 0.3) / 0.2));
      assertThat(out[256 + p]).isEqualTo((float) ((p / 255.0 - 0.6) / 0.5));
    }
  }

  @Test
  void everyImageIsACropOfThePaddedOneAndAllAreEquallyLikely() {
    int[][][] counts = counts(weak());
    // 9 x 9 crops, mirrored or not: 123 expected each with a deviation of 11, six of which are
    // allowed.
    for (int[][] ofLine : counts) {
      for (int[] ofCrop : ofLine) {
        assertThat(ofCrop[0]).isBetween(57, 190);
        assertThat(ofCrop[1]).isBetween(57, 190);
      }
    }
    int mirrored = Arrays.stream(counts).flatMap(Arrays::stream).mapToInt(c -> c[1]).sum();
    assertThat(mirrored / (double) IMAGES).isBetween(0.479, 0.521);
  }

  @Test
  void imagesThatMayNotBeFlippedNeverAre() {
    InputField.Image unmirrored = new InputField.Image(false, IMAGE.mean(), IMAGE.std());
    int[][][] counts = counts(new ImageTransform(SHAPE, unmirrored, Augmentation.WEAK));
    assertThat(Arrays.stream(counts).flatMap(Arrays::stream).mapToInt(c -> c[1]).sum()).isZero();
    assertThat(Arrays.stream(counts).flatMap(Arrays::stream)).allMatch(c -> c[0] > 150);
  }

  @Test
  void strongViewIsACropWhoseColoursAreChangedBeforeTheyAreNormalised() {
    Shape.FeatureMap shape = Shape.map(3, 8, 8);
    byte[] image = new byte[shape.elements()];
    SEED.random().nextBytes(image);
    List<Double> mean = List.of(0.3, 0.6, 0.5);
    List<Double> std = List.of(0.2, 0.5, 0.3);
    ImageTransform strong =
        new ImageTransform(shape, new InputField.Image(true, mean, std), Augmentation.STRONG);
    InputField.Image plain =
        new InputField.Image(true, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    ImageTransform weak = new ImageTransform(shape, plain, Augmentation.WEAK);
    int jittered = 0;
    int grey = 0;
    for (int row = 0; row < IMAGES; row++) {
      SplitMix random = new Pass(SEED.of(1), 1, 0).augmentation(row);
      float[] expected = new float[image.length];
      weak.apply(image, 0, random, expected, 0);
      if (random.between(0, 1) < 0.8) {
        ColourJitter.drawn(random).apply(expected, 0, 3, 64);
        jittered++;
      }
      if (random.between(0, 1) < 0.2) {
        ColourJitter.grey(expected, 0, 3, 64);
        grey++;
      }
      float[] found = new float[image.length];
      strong.apply(image, 0, new Pass(SEED.of(1), 1, 0).augmentation(row), found, 0);
      for (int i = 0; i < found.length; i++) {
        double normalised = (expected[i] - mean.get(i / 64)) / std.get(i / 64);
        assertThat((double) found[i]).isCloseTo(normalised, within(1e-5));
      }
    }
    // shares with deviations of 0.0028
    assertThat(jittered / (double) IMAGES).isBetween(0.78, 0.82);
    assertThat(grey / (double) IMAGES).isBetween(0.18, 0.22);
  }

  /** Brightness and contrast change all values of an image in the same way. */
  @Test
  void greyDigitsAreNeitherFlippedNorColoured() {
    Shape.FeatureMap shape = Shape.map(1, 4, 1);
    InputField.Image digits = new InputField.Image(false, List.of(0.0), List.of(1.0));
    ImageTransform strong = new ImageTransform(shape, digits, Augmentation.STRONG);
    byte[] image = {50, 100, (byte) 150, 120};
    float[] found = new float[4];
    for (int row = 0; row < 1000; row++) {
      SplitMix random = new Pass(SEED.of(2), 1, 0).augmentation(row);
      if (random.below(9) != 4 || random.below(9) != 4) {
        continue;
      }
      strong.apply(image, 0, new Pass(SEED.of(2), 1, 0).augmentation(row), found, 0);
      assertThat(found[1] - found[0]).isPositive();
      assertThat((found[2] - found[1]) / (found[1] - found[0])).isCloseTo(1, within(1e-4f));
      assertThat((found[2] - found[3]) / (found[1] - found[0])).isCloseTo(0.6f, within(1e-4f));
    }
  }

  @Test
  void imageGoesToItsPlaceOnly() {
    float[] out = new float[3 * SHAPE.elements()];
    byte[] two = Arrays.copyOf(new byte[SHAPE.elements()], 2 * SHAPE.elements());
    System.arraycopy(pixels, 0, two, SHAPE.elements(), SHAPE.elements());
    weak().apply(two, SHAPE.elements(), new SplitMix(SEED.of(4)), out, SHAPE.elements());
    float[] alone = new float[SHAPE.elements()];
    weak().apply(pixels, 0, new SplitMix(SEED.of(4)), alone, 0);
    assertThat(Arrays.copyOfRange(out, SHAPE.elements(), 2 * SHAPE.elements())).isEqualTo(alone);
    assertThat(Arrays.copyOfRange(out, 0, SHAPE.elements())).containsOnly(0f);
    assertThat(Arrays.copyOfRange(out, 2 * SHAPE.elements(), out.length)).containsOnly(0f);
  }

  @Test
  void normalisationOfOtherChannelsIsRefused() {
    assertThatThrownBy(() -> new ImageTransform(Shape.map(3, 6, 5), IMAGE, Augmentation.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid normalisation: ");
  }

  /** How often each crop (down, right) came, as it is and mirrored. */
  private int[][][] counts(ImageTransform transform) {
    float[][][][] crops = crops();
    int[][][] counts = new int[9][9][2];
    float[] out = new float[SHAPE.elements()];
    Pass pass = new Pass(SEED.of(1), 1, 0);
    for (int row = 0; row < IMAGES; row++) {
      transform.apply(pixels, 0, pass.augmentation(row), out, 0);
      assertThat(count(crops, counts, out)).as("a crop of the padded image").isTrue();
    }
    return counts;
  }

  private static boolean count(float[][][][] crops, int[][][] counts, float[] image) {
    for (int down = 0; down < 9; down++) {
      for (int right = 0; right < 9; right++) {
        for (int mirrored = 0; mirrored < 2; mirrored++) {
          if (Arrays.equals(crops[down][right][mirrored], image)) {
            counts[down][right][mirrored]++;
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Every possible crop, put together pixel by pixel. */
  private float[][][][] crops() {
    float[][][][] crops = new float[9][9][2][SHAPE.elements()];
    for (int down = 0; down < 9; down++) {
      for (int right = 0; right < 9; right++) {
        for (int i = 0; i < SHAPE.elements(); i++) {
          int c = i / 30;
          int y = i / 5 % 6 + down - 4;
          int x = i % 5 + right - 4;
          boolean inside = y >= 0 && y < 6 && x >= 0 && x < 5;
          int pixel = inside ? pixels[c * 30 + y * 5 + x] & 0xff : 0;
          float value = (float) ((pixel / 255.0 - IMAGE.mean().get(c)) / IMAGE.std().get(c));
          crops[down][right][0][i] = value;
          crops[down][right][1][i - i % 5 + 4 - i % 5] = value;
        }
      }
    }
    return crops;
  }

  private static ImageTransform weak() {
    return new ImageTransform(SHAPE, IMAGE, Augmentation.WEAK);
  }

  /** Without black, so that no crop looks like another. */
  private static byte[] pixels() {
    byte[] pixels = new byte[SHAPE.elements()];
    Random random = SEED.random();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (1 + random.nextInt(255));
    }
    return pixels;
  }
}
