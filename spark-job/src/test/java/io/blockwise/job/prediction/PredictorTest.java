package io.blockwise.job.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.blockwise.base.InvalidValueException;
import io.blockwise.base.UserException;
import io.blockwise.job.config.EngineChoice;
import io.blockwise.job.config.EngineName;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.training.SmallTexts;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.Precision;
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
    try (Predictor predictor = new Predictor(version, TORCH)) {
      for (int block = 1; block <= predictor.blocks(); block++) {
        List<Prediction> predictions = predictor.answer(texts(), block);
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
    try (Predictor predictor = new Predictor(version, TORCH)) {
      List<Prediction> together = predictor.answer(texts());
      for (int i = 0; i < 10; i++) {
        Prediction alone = predictor.answer(texts().subList(i, i + 1)).get(0);
        for (int c = 0; c < alone.scores().size(); c++) {
          assertThat(alone.scores().get(c))
              .isEqualTo(together.get(i).scores().get(c), within(1e-5f));
        }
        assertThat(alone.block()).isEqualTo(predictor.blocks());
      }
    }
  }

  @Test
  void anEmptyTextAndOneOfUnknownWordsAreAnsweredAlike() throws InterruptedException {
    try (Predictor predictor = new Predictor(version, TORCH)) {
      List<Prediction> answers = predictor.answer(List.of("", "nothing"));
      assertThat(answers.get(0)).isEqualTo(answers.get(1));
      assertThat(predictor.answer(List.of())).isEmpty();
    }
  }

  @Test
  void threadsAskAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Predictor predictor = new Predictor(version, TORCH)) {
      List<Prediction> expected = predictor.answer(texts());
      List<Callable<List<Prediction>>> askers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        askers.add(() -> predictor.answer(texts()));
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
    Predictor predictor = new Predictor(version, TORCH);
    assertThatThrownBy(() -> predictor.answer(texts(), 4))
        .isInstanceOf(InvalidValueException.class)
        .hasMessage("Invalid block: 4 (must be from 1 to 3)");
    predictor.close();
    predictor.close();
    assertThatThrownBy(() -> predictor.answer(texts()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot answer: the predictor is closed");
  }

  @Test
  void aModelOfImagesIsNotAskedForTexts(@TempDir Path images) throws Exception {
    SmallRuns.train(SmallRuns.settings(images, "training.epochs=1"));
    ModelVersion other = SmallRuns.published(images);
    assertThatThrownBy(() -> new Predictor(other, TORCH))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("(use a model of texts)");
  }
}
