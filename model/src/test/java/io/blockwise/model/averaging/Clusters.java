package io.blockwise.model.averaging;

import java.util.Random;

/**
 * Rows around the centres of clusters, several of which, far apart, belong to one class: no plane
 * divides the classes. Immutable.
 */
final class Clusters {
  static final int INPUTS = 16;
  static final int CLASSES = 10;

  private static final int OF_A_CLASS = 8;
  private static final float SPREAD = 0.6f;

  private final float[][] centres = new float[CLASSES * OF_A_CLASS][INPUTS];

  /** Rows and the class of each. */
  static final class Batch {
    final float[][] rows;
    final int[] labels;

    private Batch(int count) {
      rows = new float[count][INPUTS];
      labels = new int[count];
    }
  }

  Clusters(Random random) {
    for (float[] centre : centres) {
      for (int i = 0; i < INPUTS; i++) {
        centre[i] = (float) random.nextGaussian();
      }
    }
  }

  Batch draw(Random random, int count) {
    Batch batch = new Batch(count);
    for (int row = 0; row < count; row++) {
      int cluster = random.nextInt(centres.length);
      batch.labels[row] = cluster % CLASSES;
      for (int i = 0; i < INPUTS; i++) {
        batch.rows[row][i] = centres[cluster][i] + SPREAD * (float) random.nextGaussian();
      }
    }
    return batch;
  }
}
