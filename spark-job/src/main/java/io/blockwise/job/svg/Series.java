package io.blockwise.job.svg;

import java.util.List;

/**
 * Points that belong together, drawn in one colour. Immutable.
 *
 * @param name for the legend, any text
 */
public record Series(String name, List<Point> points) {
  public Series {
    points = List.copyOf(points);
  }
}
