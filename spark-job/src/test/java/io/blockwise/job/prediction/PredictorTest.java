package io.blockwise.job.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.data.dataset.Dataset;
import io.blockwise.data.dataset.Rows;
import io.blockwise.data.dataset.Split;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.config.Settings;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTexts;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.exits.ExitRule;
import io.blockwise.model.spec.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An artifact that texts are asked of, away from the data set and Spark. */
@Timeout(120)
class PredictorTest {
  private static final EngineChoice TORCH = new EngineChoice(EngineName.TORCH, Precision.FLOAT32);

  private static final ExitRule FULL = new ExitRule.Shortcut(3);

  @TempDir static Path directory;

  private static ModelVersion version;
  private static List<String[]> test;

  @BeforeAll
  static void train() throws Exception {
    SmallTexts.prepare(directory);
    test = SmallTexts.test(directory);
    SmallRuns.train(
        SmallTexts.settings(
            directory, directory, "backbone=text-lstm", "method=al", "training.epochs=2"));
    version = SmallRuns.published(directory);
  }

  private static List<String> texts() {
    return test.stream().map(row -> row[1]).toList();
  }

  @Test
  void rawTextsAreAnsweredAsTheRowsOfTheTestSplitWere() throws InterruptedException {
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      for (int block = 1; block <= predictor.blocks(); block++) {
        List<Prediction> predictions = predictor.answer(texts(), new ExitRule.Shortcut(block));
        long correct = 0;
        for (int i = 0; i < test.size(); i++) {
          correct += predictions.get(i).label().equals(test.get(i)[0]) ? 1 : 0;
        }
        double published = version.metrics().test().accuracy().get(block - 1);
        assertThat(correct / (double) test.size()).isEqualTo(published, within(1e-9));
      }
    }
  }

  @Test
  void aTextIsAnsweredAloneAsWithOthers() throws InterruptedException {
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      List<Prediction> together = predictor.answer(texts(), FULL);
      for (int i = 0; i < 10; i++) {
        Prediction alone = predictor.answer(texts().get(i));
        assertThat(alone.probabilities().stream().mapToDouble(p -> p).sum())
            .isEqualTo(1, within(1e-9));
        for (int c = 0; c < alone.probabilities().size(); c++) {
          assertThat(alone.probabilities().get(c))
              .isEqualTo(together.get(i).probabilities().get(c), within(1e-5));
        }
        assertThat(alone.block()).isEqualTo(predictor.blocks());
      }
    }
  }

  @Test
  void anEmptyTextAndOneOfUnknownWordsAreAnsweredAlike() throws InterruptedException {
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      List<Prediction> answers = predictor.answer(List.of("", "nothing"), FULL);
      assertThat(answers.get(0)).isEqualTo(answers.get(1));
      assertThat(predictor.answer(List.of(), FULL)).isEmpty();
    }
  }

  @Test
  void threadsAskAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      List<Prediction> expected = predictor.answer(texts(), FULL);
      List<Callable<List<Prediction>>> askers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        askers.add(() -> predictor.answer(texts(), FULL));
      }
      for (Future<List<Prediction>> answer : threads.invokeAll(askers)) {
        assertThat(answer.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aBlockThatIsNotThereAndAClosedPredictorAreRefused() throws InterruptedException {
    Predictor<String> predictor = Predictor.ofTexts(version, TORCH);
    assertThatThrownBy(() -> predictor.answer(texts(), new ExitRule.Shortcut(4)))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("Invalid block: 4 (must be from 1 to 3)");
    predictor.close();
    predictor.close();
    assertThatThrownBy(() -> predictor.answer(texts(), FULL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot answer: the predictor is closed");
  }

  @Test
  void rowsLeaveWhereTheyAreSureAndTheOthersGoOn() throws InterruptedException {
    try (Predictor<String> predictor = Predictor.ofTexts(version, TORCH)) {
      List<Prediction> first = predictor.answer(texts(), new ExitRule.Shortcut(1));
      double[] confidences = first.stream().mapToDouble(Prediction::confidence).sorted().toArray();
      double median = confidences[confidences.length / 2];
      List<Prediction> adaptive = predictor.answer(texts(), new ExitRule.Confidence(median));
      for (int i = 0; i < first.size(); i++) {
        boolean leaves = first.get(i).confidence() >= median;
        if (Math.abs(first.get(i).confidence() - median) > 1e-4) {
          assertThat(adaptive.get(i).block() == 1).isEqualTo(leaves);
        }
      }
      assertThat(adaptive).extracting(Prediction::block).contains(1, 3);
    }
  }

  @Test
  void imageFilesAreAnsweredAsTheRowsOfTheTestSplitWere(@TempDir Path images) throws Exception {
    Settings settings = SmallRuns.settings(images, "training.epochs=1");
    SmallRuns.train(settings);
    ModelVersion trained = SmallRuns.published(images);
    Dataset dataset = SmallRuns.parts(settings).dataset();
    List<Rows> rows = SmallRuns.rows(dataset, dataset.manifest().split(Split.TEST).shards());
    try (Predictor<byte[]> predictor = Predictor.ofImages(trained, TORCH)) {
      long correct = 0;
      long count = 0;
      for (Rows shard : rows) {
        List<Prediction> answers =
            predictor.answer(Pngs.of(shard), new ExitRule.Shortcut(predictor.blocks()));
        for (int i = 0; i < shard.count(); i++) {
          String label = dataset.manifest().classes().get(shard.label(i));
          correct += answers.get(i).label().equals(label) ? 1 : 0;
        }
        count += shard.count();
      }
      List<Double> published = trained.metrics().test().accuracy();
      assertThat(correct / (double) count)
          .isEqualTo(published.get(published.size() - 1), within(1e-9));
      byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> predictor.answer(text))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("Cannot answer an image: ")
          .hasMessageEndingWith("(give the content of a JPEG or PNG file)");
    }
    assertThatThrownBy(() -> Predictor.ofTexts(trained, TORCH))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot answer texts: the model reads image in field pixels (ask a model of texts)");
    assertThatThrownBy(() -> Predictor.ofImages(version, TORCH))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "Cannot answer images: the model reads tokens in field tokens (ask a model of images)");
  }
}
