package io.blockwise.job.feed;

import io.blockwise.base.SplitMix;

/**
 * One change of an image's colours, as torchvision's {@code ColorJitter} defines it: brightness,
 * contrast, saturation and hue, in some order, each clamped to 0..1. An image without colours, that
 * is of other than three channels, has neither saturation nor hue. Immutable.
 *
 * @param brightness factor of all values, at least 0; 1 changes nothing
 * @param contrast factor of the distances from the mean grey, likewise
 * @param saturation factor of the distances from each pixel's grey, likewise
 * @param hue turn of the hues, a share of their circle from -0.5 to 0.5
 * @param order in which they are applied, 0 to 23
 */
record ColourJitter(float brightness, float contrast, float saturation, float hue, int order) {
  private static final double MOST_CHANGE = 0.4;
  private static final double MOST_TURN = 0.1;
  private static final int CHANNELS = 3;

  /** Grey of a colour by ITU-R 601-2. */
  private static final float RED = 0.2989f;

  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;
  private static final int SEXTANTS = 6;

  private static final byte[][] ORDERS = orders();

  /** Factors and turn that are uniform over what strong augmentation allows. */
  static ColourJitter drawn(SplitMix random) {
    return new ColourJitter(
        (float) random.between(1 - MOST_CHANGE, 1 + MOST_CHANGE),
        (float) random.between(1 - MOST_CHANGE, 1 + MOST_CHANGE),
        (float) random.between(1 - MOST_CHANGE, 1 + MOST_CHANGE),
        (float) random.between(-MOST_TURN, MOST_TURN),
        random.below(ORDERS.length));
  }

  /** All orders of 0 to 3: brightness, contrast, saturation, hue; as their digits ascend. */
  private static byte[][] orders() {
    byte[][] orders = new byte[24][];
    int count = 0;
    for (int digits = 0; digits < 256; digits++) {
      byte[] order = {
        (byte) (digits >> 6),
        (byte) (digits >> 4 & 3),
        (byte) (digits >> 2 & 3),
        (byte) (digits & 3)
      };
      if ((1 << order[0] | 1 << order[1] | 1 << order[2] | 1 << order[3]) == 15) {
        orders[count++] = order;
      }
    }
    return orders;
  }

  /**
   * Changes an image in place.
   *
   * @param image values from 0 to 1, channel by channel
   * @param at where it starts
   * @param plane pixels of a channel
   */
  void apply(float[] image, int at, int channels, int plane) {
    boolean coloured = channels == CHANNELS;
    for (byte change : ORDERS[order]) {
      switch (change) {
        case 0 -> blend(image, at, channels * plane, brightness, 0);
        case 1 -> {
          double mean = coloured ? meanGrey(image, at, plane) : mean(image, at, channels * plane);
          blend(image, at, channels * plane, contrast, (float) ((1 - contrast) * mean));
        }
        case 2 -> {
          if (coloured) {
            saturate(image, at, plane, saturation);
          }
        }
        default -> {
          if (coloured) {
            turn(image, at, plane, SEXTANTS * hue);
          }
        }
      }
    }
  }

  /** Makes an image of three channels grey, in place; leaves others alone. */
  static void grey(float[] image, int at, int channels, int plane) {
    if (channels == CHANNELS) {
      saturate(image, at, plane, 0);
    }
  }

  private static void blend(float[] image, int at, int length, float factor, float rest) {
    for (int i = at; i < at + length; i++) {
      image[i] = clamped(factor * image[i] + rest);
    }
  }

  private static double mean(float[] image, int at, int length) {
    double sum = 0;
    for (int i = at; i < at + length; i++) {
      sum += image[i];
    }
    return sum / length;
  }

  /** Of all pixels; grey is linear, so that the means of the channels are all it takes. */
  private static double meanGrey(float[] image, int at, int plane) {
    return RED * mean(image, at, plane)
        + GREEN * mean(image, at + plane, plane)
        + BLUE * mean(image, at + 2 * plane, plane);
  }

  private static void saturate(float[] image, int at, int plane, float factor) {
    for (int i = at; i < at + plane; i++) {
      float red = image[i];
      float green = image[i + plane];
      float blue = image[i + 2 * plane];
      float rest = (1 - factor) * (RED * red + GREEN * green + BLUE * blue);
      image[i] = clamped(factor * red + rest);
      image[i + plane] = clamped(factor * green + rest);
      image[i + 2 * plane] = clamped(factor * blue + rest);
    }
  }

  /**
   * Turns the hues through HSV, whose value and saturation stay: with {@code h} the new hue in
   * sextants, a channel is {@code value - chroma * clamp(min(k, 4 - k), 0, 1)}, {@code k = (n + h)
   * mod 6}, n being 5, 3 and 1 for red, green and blue.
   */
  private static void turn(float[] image, int at, int plane, float sextants) {
    for (int i = at; i < at + plane; i++) {
      float red = image[i];
      float green = image[i + plane];
      float blue = image[i + 2 * plane];
      float value = Math.max(red, Math.max(green, blue));
      float chroma = value - Math.min(red, Math.min(green, blue));
      float hue = chroma == 0 ? 0 : hue(red, green, blue, value, chroma) + sextants;
      image[i] = value - chroma * share(5 + hue);
      image[i + plane] = value - chroma * share(3 + hue);
      image[i + 2 * plane] = value - chroma * share(1 + hue);
    }
  }

  /** In sextants, from -1 to 5. */
  private static float hue(float red, float green, float blue, float value, float chroma) {
    if (value == red) {
      return (green - blue) / chroma;
    }
    return value == green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma;
  }

  /** How much of the chroma a channel lacks, by its place on the circle, from -3 to 13. */
  private static float share(float place) {
    float k = place < 0 ? place + SEXTANTS : place;
    k = k >= SEXTANTS ? k - SEXTANTS : k;
    k = k >= SEXTANTS ? k - SEXTANTS : k;
    return clamped(Math.min(k, 4 - k));
  }

  private static float clamped(float value) {
    return Math.min(1, Math.max(0, value));
  }
}
