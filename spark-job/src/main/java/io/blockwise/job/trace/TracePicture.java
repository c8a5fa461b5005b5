package io.blockwise.job.trace;

import io.blockwise.base.Names;
import io.blockwise.job.svg.Labels;
import io.blockwise.job.svg.Lanes;
import io.blockwise.model.network.Timeline.Activity;
import java.util.ArrayList;
import java.util.List;

/** Draws the last batches of a worker: a lane for each block, a box for whatever it did. */
final class TracePicture {
  private static final int BATCHES = 8;

  private TracePicture() {}

  /** An SVG document; without boxes where nothing was heard. */
  static String of(String title, WorkerTrace trace) {
    List<Span> spans = trace.spans();
    long begin = begin(spans);
    List<Span> shown =
        spans.stream().filter(span -> span.from() >= begin && isDrawn(span)).toList();
    List<Lanes.Box> boxes = new ArrayList<>();
    for (Span span : shown) {
      double from = (span.from() - begin) / 1e6;
      double to = (span.to() - begin) / 1e6;
      String text = span.isBusy() ? Long.toString(span.batch()) : "";
      boxes.add(new Lanes.Box(span.lane(), from, to, span.what().ordinal(), text));
    }
    boolean forward = shown.stream().anyMatch(span -> span.lane() == 0);
    return Lanes.of(
        new Labels(title, "ms", ""), lanes(trace.blocks(), forward), activities(shown), boxes);
  }

  /** Waiting is what is left white. */
  private static boolean isDrawn(Span span) {
    return span.isBusy() || span.what() == Activity.AVERAGE;
  }

  /** Where the first block began the first of the last batches. */
  private static long begin(List<Span> spans) {
    List<Span> first =
        spans.stream()
            .filter(span -> span.block() == 1)
            .filter(span -> span.what() == Activity.TRAIN || span.what() == Activity.FORWARD)
            .toList();
    return first.isEmpty() ? 0 : first.get(Math.max(0, first.size() - BATCHES)).from();
  }

  private static List<Lanes.Lane> lanes(int blocks, boolean forward) {
    List<Lanes.Lane> lanes = new ArrayList<>();
    if (forward) {
      lanes.add(new Lanes.Lane(0, "forward"));
    }
    for (int block = 1; block <= blocks; block++) {
      lanes.add(new Lanes.Lane(block, "block " + block));
    }
    return lanes;
  }

  private static List<Lanes.Kind> activities(List<Span> shown) {
    return shown.stream()
        .map(Span::what)
        .distinct()
        .sorted()
        .map(what -> new Lanes.Kind(what.ordinal(), Names.of(what).replace('-', ' ')))
        .toList();
  }
}
