package io.blockwise.data.shapes;

import io.blockwise.base.Names;
import java.util.function.DoubleBinaryOperator;

/**
 * The ten classes, each as a signed distance: how far a point is from the outline, negative inside.
 * Shapes are of about size 1 around the origin. Distances may be underestimated away from the
 * outline, which an image of one pixel's blur does not show.
 */
enum ShapeKind {
  CIRCLE((x, y) -> radius(x, y) - 0.9),
  SQUARE((x, y) -> box(x, y, 0.75, 0.75)),
  TRIANGLE(Outline.star(3, 1, 0.5)::distance),
  CROSS((x, y) -> Math.min(box(x, y, 0.95, 0.28), box(x, y, 0.28, 0.95))),
  RING((x, y) -> Math.abs(radius(x, y) - 0.72) - 0.2),
  STAR(Outline.star(5, 1, 0.42)::distance),
  BAR((x, y) -> box(x, y, 1, 0.25)),
  CRESCENT((x, y) -> Math.max(radius(x, y) - 0.95, 0.8 - radius(x - 0.45, y))),
  FRAME((x, y) -> Math.abs(box(x, y, 0.65, 0.65)) - 0.17),
  CORNER((x, y) -> Math.min(box(x + 0.45, y, 0.25, 0.8), box(x, y - 0.55, 0.7, 0.25)));

  private final DoubleBinaryOperator distance;

  ShapeKind(DoubleBinaryOperator distance) {
    this.distance = distance;
  }

  double distance(double x, double y) {
    return distance.applyAsDouble(x, y);
  }

  /** Name of the class in the data set. */
  String className() {
    return Names.of(this);
  }

  private static double radius(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }

  private static double box(double x, double y, double halfWidth, double halfHeight) {
    double dx = Math.abs(x) - halfWidth;
    double dy = Math.abs(y) - halfHeight;
    return radius(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0);
  }
}
