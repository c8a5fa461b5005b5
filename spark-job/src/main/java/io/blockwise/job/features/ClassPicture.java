package io.blockwise.job.features;

import io.blockwise.base.UserException;
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
  private static final int MOST_CLASSES = 20;

  /** With fewer t-SNE has no neighbours to choose from. */
  private static final int LEAST_ROWS = 4;

  private ClassPicture() {}

  /**
   * Refuses rows that no picture can be made of.
   *
   * @param model its name
   */
  static void requireDrawable(String model, FeatureRows rows) {
    int drawn = rows.rowsBelow(MOST_CLASSES);
    if (drawn < LEAST_ROWS) {
      throw UserException.cannot(
          "draw the features of " + model,
          String.format(
              "%d of the first %d rows of test are of the first %d classes, and a picture takes %d",
              drawn, rows.rows(), MOST_CLASSES, LEAST_ROWS),
          "raise features.rows, or use a data set that has more of them in test");
    }
  }

  /**
   * An SVG document.
   *
   * @param all of which the first ones of the first classes are drawn
   * @param most rows that are drawn at most, at least four
   * @param classes names of all classes
   * @param perplexity at most; lower where there are too few rows for it
   */
  static String of(
      String title, FeatureRows all, int most, List<String> classes, int perplexity, long seed) {
    FeatureRows rows = all.leading(most, MOST_CLASSES);
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
