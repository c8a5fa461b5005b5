package io.blockwise.job.features;

import io.blockwise.job.svg.Labels;
import io.blockwise.job.svg.Plot;
import io.blockwise.job.svg.Point;
import io.blockwise.job.svg.Series;
import io.blockwise.model.features.FeatureRows;
import io.blockwise.model.features.Tsne;
import java.util.ArrayList;
import java.util.List;

/** Rows as points in the plane, in the colours of their classes. */
final class ClassPicture {
  /** More colours could not be told apart. */
  static final int MOST_CLASSES = 20;

  private ClassPicture() {}

  /**
   * An SVG document.
   *
   * @param classes names of all classes
   * @param perplexity at most; lower where there are too few rows for it
   */
  static String of(
      String title, FeatureRows rows, List<String> classes, int perplexity, long seed) {
    int fitting = Math.max(1, Math.min(perplexity, (rows.rows() - 1) / 3));
    double[][] points = Tsne.of(rows, fitting, seed);
    List<Series> series = new ArrayList<>();
    for (int c = 0; c < Math.min(MOST_CLASSES, classes.size()); c++) {
      series.add(new Series(classes.get(c), pointsOf(c, rows, points)));
    }
    return Plot.ofPoints(new Labels(title, "", ""), series);
  }

  private static List<Point> pointsOf(int of, FeatureRows rows, double[][] points) {
    List<Point> all = new ArrayList<>();
    for (int row = 0; row < rows.rows(); row++) {
      if (rows.label(row) == of) {
        all.add(new Point(points[row][0], points[row][1]));
      }
    }
    return all;
  }
}
