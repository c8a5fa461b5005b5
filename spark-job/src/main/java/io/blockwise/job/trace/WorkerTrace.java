package io.blockwise.job.trace;

import io.blockwise.model.network.Timeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the blocks of one worker did lately: of each as much as there is room for, the oldest is
 * forgotten first. Thread-safe.
 */
final class WorkerTrace implements Timeline {
  private static final Activity[] ACTIVITIES = Activity.values();

  private final long begin;
  private final List<Ring> blocks = new ArrayList<>();

  /**
   * @param begin {@link System#nanoTime} from which it counts
   * @param capacity what is remembered of each block, at least 1
   */
  WorkerTrace(int count, int capacity, long begin) {
    this.begin = begin;
    for (int i = 0; i < count; i++) {
      blocks.add(new Ring(capacity));
    }
  }

  @Override
  public void spent(int block, Activity what, long batch, long from, long to) {
    blocks.get(block - 1).add(what, batch, from - begin, to - begin);
  }

  /** All that is remembered, in the order in which it began. */
  List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).addTo(spans, i + 1);
    }
    spans.sort(Comparator.comparingLong(Span::from));
    return spans;
  }

  int blocks() {
    return blocks.size();
  }

  /** What one block did, four numbers each. */
  private static final class Ring {
    private static final int NUMBERS = 4;

    private final long[] numbers;
    private final int capacity;
    private long added;

    Ring(int capacity) {
      this.capacity = capacity;
      numbers = new long[capacity * NUMBERS];
    }

    synchronized void add(Activity what, long batch, long from, long to) {
      int at = (int) (added % capacity) * NUMBERS;
      numbers[at] = what.ordinal();
      numbers[at + 1] = batch;
      numbers[at + 2] = from;
      numbers[at + 3] = to;
      added++;
    }

    synchronized long forgotten() {
      return Math.max(0, added - capacity);
    }

    synchronized void addTo(List<Span> spans, int block) {
      for (long i = forgotten(); i < added; i++) {
        int at = (int) (i % capacity) * NUMBERS;
        Activity what = ACTIVITIES[(int) numbers[at]];
        spans.add(new Span(block, what, numbers[at + 1], numbers[at + 2], numbers[at + 3]));
      }
    }
  }
}
