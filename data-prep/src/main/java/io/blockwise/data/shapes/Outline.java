package io.blockwise.data.shapes;

/** A polygon, for the distance of points to it. Immutable. */
final class Outline {
  private final double[] xs;
  private final double[] ys;

  private Outline(double[] xs, double[] ys) {
    this.xs = xs;
    this.ys = ys;
  }

  /** Corners on two circles in turn; with an inner radius of half the outer, 3 make a triangle. */
  static Outline star(int points, double outer, double inner) {
    double[] xs = new double[2 * points];
    double[] ys = new double[2 * points];
    for (int i = 0; i < xs.length; i++) {
      double radius = i % 2 == 0 ? outer : inner;
      xs[i] = radius * StrictMath.sin(Math.PI * i / points);
      ys[i] = -radius * StrictMath.cos(Math.PI * i / points);
    }
    return new Outline(xs, ys);
  }

  /** Distance to the nearest edge, negative inside. */
  double distance(double x, double y) {
    double nearest = Double.MAX_VALUE;
    boolean inside = false;
    for (int i = 0, j = xs.length - 1; i < xs.length; j = i++) {
      nearest = Math.min(nearest, squaredDistance(x, y, i, j));
      if (ys[i] > y != ys[j] > y && x < xs[i] + (y - ys[i]) * (xs[j] - xs[i]) / (ys[j] - ys[i])) {
        inside = !inside;
      }
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  }

  private double squaredDistance(double x, double y, int from, int to) {
    double edgeX = xs[to] - xs[from];
    double edgeY = ys[to] - ys[from];
    double along =
        ((x - xs[from]) * edgeX + (y - ys[from]) * edgeY) / (edgeX * edgeX + edgeY * edgeY);
    double t = Math.min(1, Math.max(0, along));
    double dx = x - xs[from] - t * edgeX;
    double dy = y - ys[from] - t * edgeY;
    return dx * dx + dy * dy;
  }
}
