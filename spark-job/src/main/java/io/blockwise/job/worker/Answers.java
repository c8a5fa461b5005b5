package io.blockwise.job.worker;

import io.blockwise.model.exits.Tally;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the blocks of a snapshot answered: rows by block, by their class and by the class that was
 * answered, and their cross-entropies. All of it is counted in whole numbers, so that the order of
 * rows makes no difference. Used by one thread while it is filled.
 */
public final class Answers implements Tally<Answers> {
  private static final long serialVersionUID = 2;

  /** Cross-entropies are added up in this share of a nat. */
  private static final double UNITS = 1e6;

  /** What a row counts at most, also one whose scores are no numbers, in nats. */
  private static final double MOST = 1e3;

  private final int blocks;
  private final int classes;
  private final long[] counts;
  private final long[] losses;

  /** No rows yet. */
  public Answers(int blocks, int classes) {
    this.blocks = blocks;
    this.classes = classes;
    counts = new long[Math.multiplyExact(blocks, Math.multiplyExact(classes, classes))];
    losses = new long[blocks];
  }

  @Override
  public void add(List<float[]> scores, int row, int of, int label) {
    for (int k = 0; k < blocks; k++) {
      add(k, label, answer(scores.get(k), row, of));
      losses[k] += Math.round(UNITS * loss(scores.get(k), row, of, label));
    }
  }

  /**
   * Cross-entropy of a row's scores against its label, in nats, from 0 to 1000.
   *
   * @param scores row-major {@code [rows, classes]}
   */
  static double loss(float[] scores, int row, int classes, int label) {
    int start = row * classes;
    double highest = scores[start + answer(scores, row, classes)];
    double sum = 0;
    for (int i = start; i < start + classes; i++) {
      sum += Math.exp(scores[i] - highest);
    }
    double loss = highest + Math.log(sum) - scores[start + label];
    return loss >= 0 && loss < MOST ? loss : loss < 0 ? 0 : MOST;
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
    for (int k = 0; k < blocks; k++) {
      sum.losses[k] = losses[k] + other.losses[k];
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

  /** Mean cross-entropy of {@code rows}, by block, in nats. */
  public List<Double> losses(long rows) {
    return Arrays.stream(losses).mapToObj(loss -> loss / UNITS / rows).toList();
  }

  /** Both figures of every block. */
  public BlockScores scores(long rows) {
    return new BlockScores(accuracies(rows), losses(rows));
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
