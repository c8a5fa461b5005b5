package io.blockwise.job.features;

import io.blockwise.base.Names;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Manifest;
import io.blockwise.data.options.LabelNoise;
import io.blockwise.job.worker.Answers;
import io.blockwise.model.features.Ratt;
import io.blockwise.model.network.DecoupledNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Measures a model by {@link Ratt}: how its blocks answer to rows of train whose labels were drawn
 * at random. Used by the network's thread.
 */
final class RandomLabels {
  private static final String KIND = "data.label-noise.kind";

  private final FirstRows train;
  private final Manifest manifest;

  /**
   * @param train that are measured
   */
  RandomLabels(FirstRows train) {
    this.train = train;
    this.manifest = train.model().dataset().manifest();
  }

  /**
   * The figures of all blocks, or why there are none.
   *
   * @param last number of the last block, more than there are where one is measured as several
   */
  RattReport measure(DecoupledNetwork network, int last) throws InterruptedException {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      return RattReport.none(obstacle.get());
    }
    boolean[] drawn = drawn();
    int random = (int) IntStream.range(0, drawn.length).filter(row -> drawn[row]).count();
    int own = drawn.length - random;
    if (own == 0 || random == 0) {
      return RattReport.none(
          String.format(
              "%d of the first %d labels of train were drawn, and it takes both drawn and others",
              random, drawn.length));
    }
    return new RattReport(Optional.empty(), own, random, last, measured(network, drawn), tested());
  }

  private Optional<String> obstacle() {
    if (!train.model().trainedOnIt()) {
      return Optional.of("the model was trained on another data set");
    }
    if (manifest.drawn() == 0 && manifest.relabelled() == 0) {
      return Optional.of("no label of train was drawn anew (data.label-noise draws them)");
    }
    if (manifest.drawn() == 0) {
      return Optional.of(
          "an earlier version made the data set and did not mark the labels that were drawn"
              + " (prepare it again under another data.name)");
    }
    String kind = manifest.options().getOrDefault(KIND, "unknown");
    return kind.equals(Names.of(LabelNoise.Kind.SYMMETRIC_INCL))
        ? Optional.empty()
        : Optional.of(
            "labels were drawn with " + KIND + " = " + kind + ", and it takes symmetric-incl");
  }

  /** By row, whether its label was drawn, be it its own again. */
  private boolean[] drawn() {
    boolean[] drawn = new boolean[train.count()];
    int[] originals =
        train.shards().stream()
            .flatMapToInt(shard -> Arrays.stream(train.model().dataset().originalLabels(shard)))
            .limit(drawn.length)
            .toArray();
    for (int row = 0; row < drawn.length; row++) {
      drawn[row] = originals[row] != Dataset.NOT_DRAWN;
    }
    return drawn;
  }

  private List<Ratt> measured(DecoupledNetwork network, boolean[] drawn)
      throws InterruptedException {
    int classes = network.spec().classes();
    Errors[] errors = new Errors[network.blocks().size()];
    Arrays.setAll(errors, k -> new Errors());
    train.each(
        network,
        (batch, at, count) -> {
          List<float[]> scores = network.scores(batch);
          for (int k = 0; k < errors.length; k++) {
            for (int row = 0; row < count; row++) {
              int answer = Answers.answer(scores.get(k), row, classes);
              errors[k].add(drawn[at + row], answer != batch.labels()[row]);
            }
          }
        });
    return Arrays.stream(errors).map(each -> each.of(classes)).toList();
  }

  /** Published errors on test, block by block. */
  private List<Double> tested() {
    return train.model().version().metrics().test().accuracy().stream()
        .map(accuracy -> 1 - accuracy)
        .toList();
  }

  /** Rows and wrong answers of a block, of both parts. */
  private static final class Errors {
    private long own;
    private long ownWrong;
    private long random;
    private long randomWrong;

    void add(boolean drawn, boolean wrong) {
      if (drawn) {
        random++;
        randomWrong += wrong ? 1 : 0;
      } else {
        own++;
        ownWrong += wrong ? 1 : 0;
      }
    }

    Ratt of(int classes) {
      return new Ratt((double) ownWrong / own, (double) randomWrong / random, classes);
    }
  }
}
