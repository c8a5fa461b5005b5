package io.blockwise.data.shapes;

import io.blockwise.base.SplitMix;

/**
 * Renders one shape at a random place, size and angle, in a bright random colour on a dark one,
 * with noise. Thread-safe.
 */
final class ShapeImage {
  static final int SIDE = 32;
  static final int CHANNELS = 3;
  static final int BYTES = CHANNELS * SIDE * SIDE;

  private static final double LEAST_RADIUS = 7;
  private static final double MOST_RADIUS = 11;
  private static final double MOST_TURN = 0.3;
  private static final double MOST_DARK = 90;
  private static final double LEAST_BRIGHT = 170;
  private static final double MOST_NOISE = 8;
  private static final double MOST_SHADE = 30;

  private ShapeImage() {}

  /** Red, green and blue planes, written at {@code offset}. */
  static void render(ShapeKind kind, SplitMix random, byte[] into, int offset) {
    double radius = random.between(LEAST_RADIUS, MOST_RADIUS);
    double centreX = random.between(radius, SIDE - radius);
    double centreY = random.between(radius, SIDE - radius);
    double angle = random.between(-MOST_TURN, MOST_TURN);
    // StrictMath and not Math, whose last bit may differ between machines.
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double[] background = colour(random, 0, MOST_DARK);
    double[] shape = colour(random, LEAST_BRIGHT, 256);
    double noise = random.between(0, MOST_NOISE);
    double shadeX = random.between(-MOST_SHADE, MOST_SHADE) / SIDE;
    double shadeY = random.between(-MOST_SHADE, MOST_SHADE) / SIDE;
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        double x = (column + 0.5 - centreX) / radius;
        double y = (row + 0.5 - centreY) / radius;
        double distance = radius * kind.distance(cos * x + sin * y, cos * y - sin * x);
        double cover = Math.min(1, Math.max(0, 0.5 - distance));
        double shade = shadeX * column + shadeY * row;
        for (int c = 0; c < CHANNELS; c++) {
          double clean = background[c] + cover * (shape[c] - background[c]) + shade;
          into[offset + (c * SIDE + row) * SIDE + column] = unsigned(clean + noise * random.bell());
        }
      }
    }
  }

  private static double[] colour(SplitMix random, double least, double most) {
    return new double[] {
      random.between(least, most), random.between(least, most), random.between(least, most)
    };
  }

  private static byte unsigned(double value) {
    return (byte) Math.min(255, Math.max(0, Math.round(value)));
  }
}
