package io.blockwise.data.source.image;

/**
 * Resizes a square plane with a triangle filter that widens when it shrinks, so that every source
 * pixel counts. Own code because Java's own scaling may differ between versions. Thread-safe.
 */
final class Resize {
  private Resize() {}

  /** Writes {@code to * to} unsigned bytes at {@code offset}. */
  static void square(float[] plane, int from, int to, byte[] into, int offset) {
    if (from == to) {
      for (int i = 0; i < to * to; i++) {
        into[offset + i] = (byte) Math.round(plane[i]);
      }
      return;
    }
    float[][] weights = weights(from, to);
    int[] starts = starts(from, to);
    float[] narrow = new float[from * to];
    for (int y = 0; y < from; y++) {
      for (int x = 0; x < to; x++) {
        narrow[y * to + x] = sum(plane, y * from + starts[x], 1, weights[x]);
      }
    }
    for (int y = 0; y < to; y++) {
      for (int x = 0; x < to; x++) {
        float value = sum(narrow, starts[y] * to + x, to, weights[y]);
        into[offset + y * to + x] = (byte) Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }

  private static float sum(float[] values, int start, int stride, float[] weights) {
    float sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += values[start + i * stride] * weights[i];
    }
    return sum;
  }

  private static double radius(int from, int to) {
    return Math.max(1.0, (double) from / to);
  }

  private static double centre(int position, int from, int to) {
    return (position + 0.5) * from / to - 0.5;
  }

  private static int[] starts(int from, int to) {
    int[] starts = new int[to];
    for (int i = 0; i < to; i++) {
      starts[i] = Math.max(0, (int) Math.ceil(centre(i, from, to) - radius(from, to)));
    }
    return starts;
  }

  private static float[][] weights(int from, int to) {
    int[] starts = starts(from, to);
    double radius = radius(from, to);
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = centre(i, from, to);
      int end = Math.min(from - 1, (int) Math.floor(centre + radius));
      weights[i] = triangle(starts[i], end, centre, radius);
    }
    return weights;
  }

  private static float[] triangle(int start, int end, double centre, double radius) {
    double[] raw = new double[end - start + 1];
    double total = 0;
    for (int j = 0; j < raw.length; j++) {
      raw[j] = Math.max(0, 1 - Math.abs(start + j - centre) / radius);
      total += raw[j];
    }
    float[] weights = new float[raw.length];
    for (int j = 0; j < raw.length; j++) {
      weights[j] = (float) (raw[j] / total);
    }
    return weights;
  }
}
