package io.blockwise.data.learn;

import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.data.progress.ReportedJob;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaRDD;

/**
 * Measures the mean and the standard deviation of every channel over all pixels of train. Rows stay
 * as they are. Immutable.
 */
public final class ImageMeasurer implements Learner {
  @Override
  public Learned learn(RowSchema raw, JavaRDD<byte[][]> train, ReportedJob first)
      throws ExecutionException, InterruptedException {
    RowSchema.Field<ImageKind> images = raw.only(ImageKind.class);
    ImageKind kind = images.kind();
    int channels = kind.shape().channels();
    Sums sums = new Sums(channels);
    first.collect(train.mapPartitions(rows -> sums(rows, channels))).forEach(sums::add);
    ImageKind measured =
        new ImageKind(kind.shape(), kind.flippable(), sums.mean(), sums.standardDeviation());
    return new Measured(new RowSchema(Map.of(images.name(), measured)));
  }

  private static Iterator<Sums> sums(Iterator<byte[][]> rows, int channels) {
    Sums sums = new Sums(channels);
    rows.forEachRemaining(row -> sums.add(row[0]));
    return List.of(sums).iterator();
  }

  private record Measured(RowSchema schema) implements Learned {}

  /**
   * Sums and sums of squares of pixel values per channel, as whole numbers, so that the order of
   * summation cannot show. A {@code long} holds the squares of 10^14 pixels. No record, because it
   * may pass through Kryo. Used by one thread.
   */
  private static final class Sums implements Serializable {
    private static final double SCALE = 255;

    private final long[] sums;
    private final long[] squares;
    private long pixels;

    /** All zero. */
    Sums(int channels) {
      sums = new long[channels];
      squares = new long[channels];
    }

    /** Adds one image, {@code [channels, height, width]}. */
    void add(byte[] image) {
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

    /** Adds what was summed elsewhere. */
    void add(Sums other) {
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
}
