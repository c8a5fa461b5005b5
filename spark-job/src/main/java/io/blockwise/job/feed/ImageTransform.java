package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;
import io.blockwise.data.dataset.FieldValues;
import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.engine.BatchField;
import io.blockwise.model.engine.FloatField;
import io.blockwise.model.spec.Shape;
import java.util.Arrays;

/**
 * One image of bytes to normalised floats, augmented on the way.
 *
 * <p>A byte {@code p} of a channel becomes {@code (p / 255 - mean) / std}, rounded to {@code float}
 * once, unless its colours change between the two; the border that a crop reaches into is black
 * before that. Immutable.
 */
final class ImageTransform implements FieldTransform {
  private static final long serialVersionUID = 1;

  private static final int PADDING = 4;
  private static final float[] FROM_0_TO_1 = new float[256];
  private static final double JITTERED = 0.8;
  private static final double GREY = 0.2;

  static {
    for (int p = 0; p < FROM_0_TO_1.length; p++) {
      FROM_0_TO_1[p] = (float) (p / 255.0);
    }
  }

  private final Shape.FeatureMap shape;
  private final boolean crops;
  private final boolean mirrors;

  /** Whether colours are changed, from 0 to 1, and only then normalised. */
  private final boolean colours;

  /** Of every channel, normalised values by byte. */
  private final float[][] tables;

  private final float[] scales;
  private final float[] shifts;

  /**
   * @param image as the model reads images
   * @param augmentation of one view; mirrors only where images still show their class then
   * @throws io.blockwise.base.InvalidValueException if it reads images of other channels
   */
  ImageTransform(Shape.FeatureMap shape, InputField.Image image, Augmentation augmentation) {
    image.requireFits(shape);
    this.shape = shape;
    this.crops = augmentation != Augmentation.NONE;
    this.mirrors = crops && image.flippable();
    this.colours = augmentation == Augmentation.STRONG;
    this.tables = new float[shape.channels()][256];
    this.scales = new float[tables.length];
    this.shifts = new float[tables.length];
    for (int c = 0; c < tables.length; c++) {
      double mean = image.mean().get(c);
      double std = image.std().get(c);
      scales[c] = (float) (1 / std);
      shifts[c] = (float) (-mean / std);
      for (int p = 0; p < 256; p++) {
        tables[c][p] = (float) ((p / 255.0 - mean) / std);
      }
    }
  }

  /** As {@code from}, without augmentation. */
  private ImageTransform(ImageTransform from) {
    this.shape = from.shape;
    this.crops = false;
    this.mirrors = false;
    this.colours = false;
    this.tables = from.tables;
    this.scales = from.scales;
    this.shifts = from.shifts;
  }

  /** Of one image, as networks read it. */
  static Shape.FeatureMap shape(ImageKind images) {
    ImageShape shape = images.shape();
    return Shape.map(shape.channels(), shape.height(), shape.width());
  }

  @Override
  public FloatField allocate(int capacity) {
    return new FloatField(shape, capacity);
  }

  @Override
  public boolean leavesToChance() {
    return crops || mirrors || colours;
  }

  @Override
  public ImageTransform withoutAugmentation() {
    return new ImageTransform(this);
  }

  @Override
  public Class<ImageValues> values() {
    return ImageValues.class;
  }

  @Override
  public void requireFit(FieldValues values, int rows) {
    int bytes = ((ImageValues) values).pixels().length;
    long needed = (long) rows * shape.elements();
    if (bytes != needed) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot read images: %d images have %d bytes, shape %s needs %d (prepare the data set"
                  + " again)",
              rows, bytes, shape, needed));
    }
  }

  @Override
  public void apply(FieldValues values, int row, SplitMix random, BatchField into, int at) {
    byte[] pixels = ((ImageValues) values).pixels();
    float[] floats = ((FloatField) into).values();
    int size = shape.elements();
    apply(pixels, row * size, random, floats, at * size);
  }

  /**
   * Transforms one image.
   *
   * @param from where it starts in {@code pixels}
   * @param random decides on crop, mirroring and colours
   * @param to where it goes in {@code into}
   */
  void apply(byte[] pixels, int from, SplitMix random, float[] into, int to) {
    int down = crops ? random.below(2 * PADDING + 1) - PADDING : 0;
    int right = crops ? random.below(2 * PADDING + 1) - PADDING : 0;
    boolean mirrored = mirrors && random.below(2) == 1;
    int width = shape.width();
    int source = from;
    int target = to;
    for (float[] normalised : tables) {
      float[] table = colours ? FROM_0_TO_1 : normalised;
      for (int y = down; y < down + shape.height(); y++) {
        if (y < 0 || y >= shape.height()) {
          Arrays.fill(into, target, target + width, table[0]);
        } else if (mirrored) {
          mirroredLine(table, pixels, source + y * width, right, into, target);
        } else {
          line(table, pixels, source + y * width, right, into, target);
        }
        target += width;
      }
      source += width * shape.height();
    }
    if (colours) {
      changeColours(random, into, to);
    }
  }

  private void changeColours(SplitMix random, float[] image, int at) {
    int plane = shape.height() * shape.width();
    if (random.between(0, 1) < JITTERED) {
      ColourJitter.drawn(random).apply(image, at, tables.length, plane);
    }
    if (random.between(0, 1) < GREY) {
      ColourJitter.grey(image, at, tables.length, plane);
    }
    for (int c = 0; c < tables.length; c++) {
      int end = at + (c + 1) * plane;
      for (int i = end - plane; i < end; i++) {
        image[i] = image[i] * scales[c] + shifts[c];
      }
    }
  }

  /** One line of pixels that starts {@code right} pixels from the image's left edge. */
  private void line(float[] table, byte[] pixels, int from, int right, float[] into, int to) {
    int width = shape.width();
    int first = Math.min(width, Math.max(0, -right));
    int end = Math.max(first, Math.min(width, width - right));
    Arrays.fill(into, to, to + first, table[0]);
    int source = from + right - to;
    for (int i = to + first; i < to + end; i++) {
      into[i] = table[pixels[source + i] & 0xff];
    }
    Arrays.fill(into, to + end, to + width, table[0]);
  }

  /** The same line from right to left. */
  private void mirroredLine(
      float[] table, byte[] pixels, int from, int right, float[] into, int to) {
    int width = shape.width();
    int first = Math.min(width, Math.max(0, right));
    int end = Math.max(first, Math.min(width, width + right));
    Arrays.fill(into, to, to + first, table[0]);
    int source = from + width - 1 + right + to;
    for (int i = to + first; i < to + end; i++) {
      into[i] = table[pixels[source - i] & 0xff];
    }
    Arrays.fill(into, to + end, to + width, table[0]);
  }
}
