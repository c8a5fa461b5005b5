package io.blockwise.job.svg;

import io.blockwise.job.svg.Drawing.Anchor;
import java.util.List;

/** The sheet, title, axes and legend that all pictures have. Used by one thread. */
final class Frame {
  static final int LEFT = 70;
  static final int RIGHT = 620;
  static final int TOP = 45;
  static final int BOTTOM = 370;

  private static final int WIDTH = 820;
  private static final int HEIGHT = 430;
  private static final int LEGEND_LINE = 18;
  private static final int LONGEST_NAME = 26;
  private static final String AXIS = "#222222";
  private static final String GRID = "#dddddd";

  final Drawing drawing = new Drawing(WIDTH, HEIGHT);

  Frame(Labels labels) {
    drawing.text((LEFT + RIGHT) / 2.0, TOP - 18.0, Anchor.MIDDLE, labels.title());
    drawing.text((LEFT + RIGHT) / 2.0, HEIGHT - 12.0, Anchor.MIDDLE, labels.x());
    drawing.upwards(18, (TOP + BOTTOM) / 2.0, labels.y());
  }

  /** Marks of the vertical axis, with a line across at each. */
  void vertical(Scale scale) {
    for (double value : scale.values()) {
      double y = scale.pixel(value);
      drawing.line(LEFT, y, RIGHT, y, GRID);
      drawing.text(LEFT - 6.0, y + 4, Anchor.END, scale.text(value));
    }
  }

  /** Marks of the horizontal axis. */
  void horizontal(Scale scale) {
    for (double value : scale.values()) {
      double x = scale.pixel(value);
      drawing.line(x, BOTTOM, x, BOTTOM + 5.0, AXIS);
      drawing.text(x, BOTTOM + 20.0, Anchor.MIDDLE, scale.text(value));
    }
  }

  /** The axes themselves, over what was drawn before. */
  void axes() {
    drawing.line(LEFT, TOP, LEFT, BOTTOM, AXIS);
    drawing.line(LEFT, BOTTOM, RIGHT, BOTTOM, AXIS);
  }

  /** A vertical bar with ends from {@code y - deviation} to {@code y + deviation}. */
  void deviation(double x, Scale scale, double y, double deviation) {
    if (deviation > 0) {
      double low = scale.pixel(y - deviation);
      double high = scale.pixel(y + deviation);
      drawing.line(x, low, x, high, AXIS);
      drawing.line(x - 4, low, x + 4, low, AXIS);
      drawing.line(x - 4, high, x + 4, high, AXIS);
    }
  }

  void legend(List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      double y = TOP + LEGEND_LINE * (double) i;
      drawing.box(RIGHT + 15.0, y, 10, 10, Palette.colour(i));
      drawing.text(RIGHT + 32.0, y + 9, Anchor.START, shortened(names.get(i)));
    }
  }

  static String shortened(String name) {
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME - 1) + "…" : name;
  }
}
