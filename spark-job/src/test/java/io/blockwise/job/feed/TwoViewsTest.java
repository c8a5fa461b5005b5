package io.blockwise.job.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.blockwise.data.dataset.ImageKind;
import io.blockwise.data.dataset.ImageShape;
import io.blockwise.data.dataset.RowSchema;
import io.blockwise.job.config.TrainingSettings.Augmentation;
import io.blockwise.model.engine.Batch;
import io.blockwise.model.engine.FloatField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwoViewsTest {
  private static final ImageShape SHAPE = new ImageShape(3, 12, 10);
  private static final RowSchema SCHEMA =
      new RowSchema(
          Map.of(
              SampleImages.FIELD,
              new ImageKind(SHAPE, true, SampleImages.IMAGE.mean(), SampleImages.IMAGE.std())));
  private static final int SIZE = SHAPE.bytes();

  @Test
  void everyExampleIsARowInBothViewsWithItsLabel() throws InterruptedException {
    List<Seen> batches = batches(Augmentation.TWO_VIEW, 1, new Pass(1, 1, 0));
    assertThat(batches).hasSize(3);
    for (Seen batch : batches) {
      assertThat(batch.examples).isEqualTo(4);
      assertThat(batch.labels).hasSize(8);
      assertThat(Arrays.copyOf(batch.labels, 4)).isEqualTo(Arrays.copyOfRange(batch.labels, 4, 8));
    }
    assertThat(batches.stream().flatMapToInt(b -> Arrays.stream(b.labels, 0, 4)))
        .doesNotHaveDuplicates();
  }

  @Test
  void theFirstViewIsTheWeakOneAndTheSecondAnother() throws InterruptedException {
    Pass pass = new Pass(3, 2, 0);
    List<Seen> weak = batches(Augmentation.WEAK, 1, pass);
    List<Seen> both = batches(Augmentation.TWO_VIEW, 1, pass);
    for (int i = 0; i < both.size(); i++) {
      float[] inputs = both.get(i).inputs;
      assertThat(Arrays.copyOf(inputs, 4 * SIZE)).isEqualTo(weak.get(i).inputs);
      for (int row = 0; row < 4; row++) {
        assertThat(Arrays.copyOfRange(inputs, (4 + row) * SIZE, (5 + row) * SIZE))
            .isNotEqualTo(Arrays.copyOfRange(inputs, row * SIZE, (row + 1) * SIZE));
      }
    }
  }

  @Test
  void viewsDependOnSeedEpochAndRowAndNotOnThreads() throws InterruptedException {
    List<Seen> one = batches(Augmentation.TWO_VIEW, 1, new Pass(1, 1, 0));
    assertThat(same(one, batches(Augmentation.TWO_VIEW, 3, new Pass(1, 1, 0)))).isTrue();
    assertThat(same(one, batches(Augmentation.TWO_VIEW, 1, new Pass(2, 1, 0)))).isFalse();
    assertThat(same(one, batches(Augmentation.TWO_VIEW, 1, new Pass(1, 2, 0)))).isFalse();
  }

  @Test
  void evaluationSeesOnePlainView() throws InterruptedException {
    RowTransform two = RowTransform.of(SCHEMA, Augmentation.TWO_VIEW);
    RowTransform none = RowTransform.of(SCHEMA, Augmentation.NONE);
    HeldWindow rows = new HeldWindow(List.of(SampleImages.shard(0, 13)));
    List<Seen> plain = seen(WindowedBatches.inOrder(rows, two, 5), 1);
    assertThat(plain).extracting(b -> b.examples).containsExactly(5, 5, 3);
    assertThat(plain.get(2).labels).containsExactly(10, 11, 12);
    HeldWindow again = new HeldWindow(List.of(SampleImages.shard(0, 13)));
    assertThat(same(plain, seen(WindowedBatches.inOrder(again, none, 5), 1))).isTrue();
  }

  private static boolean same(List<Seen> a, List<Seen> b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same =
          Arrays.equals(a.get(i).labels, b.get(i).labels)
              && Arrays.equals(a.get(i).inputs, b.get(i).inputs);
    }
    return same;
  }

  private static List<Seen> batches(Augmentation augmentation, int threads, Pass pass)
      throws InterruptedException {
    RowTransform transform = RowTransform.of(SCHEMA, augmentation);
    HeldWindow rows = new HeldWindow(List.of(SampleImages.shard(0, 13)));
    return seen(WindowedBatches.shuffled(rows, transform, pass, 4), threads);
  }

  private static List<Seen> seen(BatchSource source, int threads) throws InterruptedException {
    List<Seen> seen = new ArrayList<>();
    try (source;
        Feed feed = new Feed(source, threads, batch -> {})) {
      while (feed.hasNext()) {
        Batch batch = feed.take();
        float[] inputs = batch.field(SampleImages.FIELD, FloatField.class).values();
        seen.add(
            new Seen(
                batch.examples(),
                Arrays.copyOf(batch.labels(), batch.rows()),
                Arrays.copyOf(inputs, batch.rows() * SIZE)));
        feed.release(batch);
      }
    }
    return seen;
  }

  /** A copy of a batch. */
  private static final class Seen {
    private final int examples;
    private final int[] labels;
    private final float[] inputs;

    Seen(int examples, int[] labels, float[] inputs) {
      this.examples = examples;
      this.labels = labels;
      this.inputs = inputs;
    }
  }
}
