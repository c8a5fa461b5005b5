package io.blockwise.job.svg;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Series of points in a plane, as curves or as points alone. Used by one thread. */
public final class Plot {
  private static final int MANY = 60;

  private final Frame frame;
  private final Scale x;
  private final Scale y;
  private final double radius;

  private Plot(Labels labels, List<Series> series) {
    List<Point> points = series.stream().flatMap(each -> each.points().stream()).toList();
    frame = new Frame(labels);
    Scale across =
        Scale.of(least(points, Point::x), most(points, Point::x), Frame.LEFT, Frame.RIGHT);
    boolean whole = points.stream().allMatch(point -> point.x() == Math.rint(point.x()));
    x = whole ? across.whole() : across;
    y =
        Scale.of(
            least(points, point -> point.y() - point.deviation()),
            most(points, point -> point.y() + point.deviation()),
            Frame.BOTTOM,
            Frame.TOP);
    radius = points.size() > MANY ? 2.2 : 4.5;
    frame.vertical(y);
    frame.horizontal(x);
    frame.axes();
    frame.legend(series.stream().map(Series::name).toList());
  }

  private static double least(List<Point> points, ToDoubleFunction<Point> coordinate) {
    return points.stream().mapToDouble(coordinate).min().orElse(0);
  }

  private static double most(List<Point> points, ToDoubleFunction<Point> coordinate) {
    return points.stream().mapToDouble(coordinate).max().orElse(1);
  }

  /** An SVG document with a curve for every series, through its points in their order. */
  public static String ofLines(Labels labels, List<Series> series) {
    Plot plot = new Plot(labels, series);
    for (int i = 0; i < series.size(); i++) {
      plot.curve(series.get(i), Palette.colour(i));
      plot.points(series.get(i), Palette.colour(i));
    }
    return plot.frame.drawing.finished();
  }

  /** An SVG document with the points of every series, small ones where there are many. */
  public static String ofPoints(Labels labels, List<Series> series) {
    Plot plot = new Plot(labels, series);
    for (int i = 0; i < series.size(); i++) {
      plot.points(series.get(i), Palette.colour(i));
    }
    return plot.frame.drawing.finished();
  }

  private void curve(Series series, String colour) {
    frame.drawing.curve(
        series.points().stream()
            .map(point -> new double[] {x.pixel(point.x()), y.pixel(point.y())})
            .toList(),
        colour);
  }

  private void points(Series series, String colour) {
    for (Point point : series.points()) {
      frame.drawing.disc(x.pixel(point.x()), y.pixel(point.y()), radius, colour);
      frame.deviation(x.pixel(point.x()), y, point.y(), point.deviation());
    }
  }
}
