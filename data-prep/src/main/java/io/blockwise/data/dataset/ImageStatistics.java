package io.blockwise.data.dataset;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums and sums of squares of pixel values per channel, as whole numbers, so that the order of
 * summation cannot show. A {@code long} holds the squares of 10^14 pixels. Used by one thread.
 */
final class ImageStatistics implements FieldStatistics {
  private static final double SCALE = 255;

  private final long[] sums;
  private final long[] squares;
  private long pixels;

  /** All zero. */
  ImageStatistics(int channels) {
    sums = new long[channels];
    squares = new long[channels];
  }

  /** Adds one image, {@code [channels, height, width]}. */
  @Override
  public void add(byte[] image) {
    int plane = image.length / sums.length;
    for (int c = 0; c < sums.length; c++) {
      long sum = 0;
      long square = 0;
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        int value = image[i] & 0xFF;
        sum += value;
        square += (long) value * value;
      }
      sums[c] += sum;
      squares[c] += square;
    }
    pixels += plane;
  }

  @Override
  public void add(FieldStatistics others) {
    ImageStatistics other = (ImageStatistics) others;
    for (int c = 0; c < sums.length; c++) {
      sums[c] += other.sums[c];
      squares[c] += other.squares[c];
    }
    pixels += other.pixels;
  }

  /** Mean per channel on the scale 0..1. */
  List<Double> mean() {
    List<Double> means = new ArrayList<>();
    for (long sum : sums) {
      means.add((double) sum / pixels / SCALE);
    }
    return means;
  }

  /** Standard deviation of the population per channel on the scale 0..1. */
  List<Double> standardDeviation() {
    List<Double> deviations = new ArrayList<>();
    for (int c = 0; c < sums.length; c++) {
      BigInteger sum = BigInteger.valueOf(sums[c]);
      BigInteger scaled =
          BigInteger.valueOf(pixels)
              .multiply(BigInteger.valueOf(squares[c]))
              .subtract(sum.multiply(sum));
      deviations.add(Math.sqrt(scaled.doubleValue()) / pixels / SCALE);
    }
    return deviations;
  }
}
