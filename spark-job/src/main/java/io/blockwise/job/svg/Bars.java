package io.blockwise.job.svg;

import io.blockwise.job.svg.Drawing.Anchor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Groups of bars from zero upwards, one bar for every series. Used by one thread. */
public final class Bars {
  /** Share of a group's width that stays empty beside its bars. */
  private static final double GAP = 0.25;

  private final Frame frame;
  private final Scale y;

  /**
   * A bar. Immutable.
   *
   * @param value finite, at least 0
   * @param deviation half the length of its error bar; 0 for none
   */
  public record Bar(double value, double deviation) {}

  /**
   * Bars that stand side by side. Immutable.
   *
   * @param bars one for every series, in their order; empty where a group has none
   */
  public record Group(String name, List<Optional<Bar>> bars) {
    public Group {
      bars = List.copyOf(bars);
    }
  }

  private Bars(Labels labels, List<Group> groups) {
    frame = new Frame(labels);
    double most =
        groups.stream()
            .flatMap(group -> group.bars().stream())
            .flatMap(Optional::stream)
            .mapToDouble(bar -> bar.value() + bar.deviation())
            .max()
            .orElse(1);
    y = Scale.of(0, most, Frame.BOTTOM, Frame.TOP);
    frame.vertical(y);
  }

  /**
   * An SVG document.
   *
   * @param series names of a group's bars
   */
  public static String of(Labels labels, List<String> series, List<Group> groups) {
    Bars bars = new Bars(labels, groups);
    double width = (Frame.RIGHT - Frame.LEFT) / (double) Math.max(1, groups.size());
    for (int i = 0; i < groups.size(); i++) {
      bars.draw(groups.get(i), Frame.LEFT + i * width, width, i % 2 == 1 && groups.size() > 6);
    }
    bars.frame.axes();
    bars.frame.legend(series);
    return bars.frame.drawing.finished();
  }

  /** Every second name is lower where they would stand too close. */
  private void draw(Group group, double left, double width, boolean lower) {
    List<Optional<Bar>> all = new ArrayList<>(group.bars());
    double each = width * (1 - GAP) / Math.max(1, all.size());
    for (int i = 0; i < all.size(); i++) {
      double x = left + width * GAP / 2 + i * each;
      String colour = Palette.colour(i);
      all.get(i).ifPresent(bar -> draw(bar, x, each, colour));
    }
    String name = Frame.shortened(group.name());
    frame.drawing.text(left + width / 2, Frame.BOTTOM + (lower ? 32.0 : 18.0), Anchor.MIDDLE, name);
  }

  private void draw(Bar bar, double x, double width, String colour) {
    double top = y.pixel(bar.value());
    frame.drawing.box(x, top, width, Frame.BOTTOM - top, colour);
    frame.deviation(x + width / 2, y, bar.value(), bar.deviation());
  }
}
