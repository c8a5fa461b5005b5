package io.blockwise.job.svg;

import io.blockwise.job.svg.Drawing.Anchor;
import java.util.List;

/** Boxes in lanes over an axis of time. Used by one thread. */
public final class Lanes {
  /** Share of a lane's height that stays empty. */
  private static final double GAP = 0.4;

  /** Pixels of a letter, about. */
  private static final double LETTER = 7;

  private final Frame frame;
  private final Scale x;
  private final List<Lane> lanes;
  private final List<Kind> kinds;
  private final double height;

  /** A lane with its number, by which boxes name it. Immutable. */
  public record Lane(int number, String name) {}

  /** What boxes show, with its number. Immutable. */
  public record Kind(int number, String name) {}

  /**
   * From one time to another. Immutable.
   *
   * @param lane number of its lane
   * @param kind number of what it shows
   * @param text in it, where it is wide enough
   */
  public record Box(int lane, double from, double to, int kind, String text) {}

  private Lanes(Labels labels, List<Lane> lanes, List<Kind> kinds, List<Box> boxes) {
    this.lanes = lanes;
    this.kinds = kinds;
    frame = new Frame(labels);
    double end = boxes.stream().mapToDouble(Box::to).max().orElse(1);
    x = Scale.of(0, end, Frame.LEFT, Frame.RIGHT);
    height = (Frame.BOTTOM - Frame.TOP) / (double) Math.max(1, lanes.size());
  }

  /** An SVG document with the first lane at the top. */
  public static String of(Labels labels, List<Lane> lanes, List<Kind> kinds, List<Box> boxes) {
    Lanes picture = new Lanes(labels, lanes, kinds, boxes);
    picture.frame.horizontal(picture.x);
    for (int i = 0; i < lanes.size(); i++) {
      picture.draw(i, boxes);
    }
    picture.frame.axes();
    picture.frame.legend(kinds.stream().map(Kind::name).toList());
    return picture.frame.drawing.finished();
  }

  private void draw(int index, List<Box> boxes) {
    Lane lane = lanes.get(index);
    double top = Frame.TOP + (index + GAP / 2) * height;
    double middle = top + (1 - GAP) * height / 2;
    frame.drawing.text(Frame.LEFT - 6.0, middle + 4, Anchor.END, lane.name());
    boxes.stream().filter(box -> box.lane() == lane.number()).forEach(box -> draw(box, top));
  }

  private void draw(Box box, double top) {
    double left = x.pixel(box.from());
    double width = Math.max(0.5, x.pixel(box.to()) - left);
    frame.drawing.box(left, top, width, (1 - GAP) * height, Palette.colour(place(box.kind())));
    if (!box.text().isEmpty() && width > LETTER * box.text().length()) {
      frame.drawing.light(left + width / 2, top + (1 - GAP) * height / 2 + 4, box.text());
    }
  }

  /** Of a kind in the legend, whose colours count from its top. */
  private int place(int kind) {
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i).number() == kind) {
        return i;
      }
    }
    throw new IllegalArgumentException("Cannot draw a box: no kind has the number " + kind);
  }
}
