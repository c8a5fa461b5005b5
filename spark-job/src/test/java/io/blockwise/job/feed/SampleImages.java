package io.blockwise.job.feed;

import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.ImageValues;
import io.blockwise.data.dataset.Rows;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.artifact.InputField;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.FloatField;
import io.blockwise.model.spec.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Seeded images; a row's label is its number within the split. */
final class SampleImages {
  static final String FIELD = "photo";
  static final Shape.FeatureMap SHAPE = Shape.map(3, 12, 10);
  static final InputField.Image IMAGE =
      new InputField.Image(true, List.of(0.49, 0.48, 0.45), List.of(0.25, 0.24, 0.26));

  private SampleImages() {}

  static Rows shard(int firstRow, int rows) {
    byte[] pixels = new byte[rows * SHAPE.elements()];
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      byte[] image = new byte[SHAPE.elements()];
      new Random(firstRow + i).nextBytes(image);
      System.arraycopy(image, 0, pixels, i * image.length, image.length);
      labels[i] = firstRow + i;
    }
    return rows(firstRow, labels, pixels);
  }

  static Rows rows(int firstRow, int[] labels, byte[] pixels) {
    ImageShape shape = new ImageShape(SHAPE.channels(), SHAPE.height(), SHAPE.width());
    return new Rows(firstRow, labels, Map.of(FIELD, new ImageValues(shape, pixels)));
  }

  static RowTransform transform(Augmentation augmentation) {
    return RowTransform.of(FIELD, new ImageTransform(SHAPE, IMAGE, augmentation));
  }

  /** Every row's floats by row, and the rows in the order in which the feed gave them. */
  static Map<Integer, float[]> images(BatchSource source, int threads, List<Integer> order)
      throws InterruptedException {
    Map<Integer, float[]> images = new TreeMap<>();
    try (Feed feed = new Feed(source, threads, batch -> {})) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        int size = SHAPE.elements();
        float[] inputs = batch.field(FIELD, FloatField.class).values();
        for (int i = 0; i < batch.rows(); i++) {
          order.add(batch.labels()[i]);
          images.put(batch.labels()[i], Arrays.copyOfRange(inputs, i * size, (i + 1) * size));
        }
        feed.release(batch);
      }
    }
    return images;
  }

  static List<Integer> rows(BatchSource source) throws InterruptedException {
    List<Integer> order = new ArrayList<>();
    images(source, 1, order);
    return order;
  }
}
