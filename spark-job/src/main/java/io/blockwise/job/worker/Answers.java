package io.blockwise.job.worker;

import io.blockwise.model.exits.Tally;
import java.util.ArrayList;
import java.util.List;

/**
 * How the blocks of a snapshot answered: rows by block, by their class and by the class that was
 * answered. Used by one thread while it is filled.
 */
public final class Answers implements Tally<Answers> {
  private static final long serialVersionUID = 1;

  private final int blocks;
  private final int classes;
  private final long[] counts;

  /** No rows yet. */
  public Answers(int blocks, int classes) {
    this.blocks = blocks;
    this.classes = classes;
    counts = new long[Math.multiplyExact(blocks, Math.multiplyExact(classes, classes))];
  }

  @Override
  public void add(List<float[]> scores, int row, int of, int label) {
    for (int k = 0; k < blocks; k++) {
      add(k, label, answer(scores.get(k), row, of));
    }
  }

  /**
   * The class of the highest score of a row, of equal ones the first.
   *
   * @param scores row-major {@code [rows, classes]}
   */
  public static int answer(float[] scores, int row, int classes) {
    int start = row * classes;
    int best = start;
    for (int i = start + 1; i < start + classes; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best - start;
  }

  /**
   * Counts a row.
   *
   * @param block index of the block, from 0
   * @param label class of the row
   * @param answer class that the block answered
   */
  void add(int block, int label, int answer) {
    counts[at(block, label, answer)]++;
  }

  @Override
  public Answers none() {
    return new Answers(blocks, classes);
  }

  @Override
  public Answers plus(Answers other) {
    Answers sum = new Answers(blocks, classes);
    for (int i = 0; i < counts.length; i++) {
      sum.counts[i] = counts[i] + other.counts[i];
    }
    return sum;
  }

  /** Correct answers of a block, by its index. */
  public long correct(int block) {
    long correct = 0;
    for (int label = 0; label < classes; label++) {
      correct += counts[at(block, label, label)];
    }
    return correct;
  }

  /** Share of correct answers among {@code rows}, by block, 0..1. */
  public List<Double> accuracies(long rows) {
    List<Double> shares = new ArrayList<>();
    for (int k = 0; k < blocks; k++) {
      shares.add(correct(k) / (double) rows);
    }
    return shares;
  }

  /** Rows by block, by their class and by the class that was answered. */
  public List<List<List<Long>>> confusion() {
    List<List<List<Long>>> all = new ArrayList<>();
    for (int k = 0; k < blocks; k++) {
      List<List<Long>> matrix = new ArrayList<>();
      for (int label = 0; label < classes; label++) {
        List<Long> row = new ArrayList<>();
        for (int answer = 0; answer < classes; answer++) {
          row.add(counts[at(k, label, answer)]);
        }
        matrix.add(row);
      }
      all.add(matrix);
    }
    return all;
  }

  private int at(int block, int label, int answer) {
    return (block * classes + label) * classes + answer;
  }
}
