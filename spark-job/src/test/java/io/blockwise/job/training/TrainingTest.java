package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.config.Settings;
import io.blockwise.job.evaluation.ModelEvaluation;
import io.blockwise.job.report.ThisProcess;
import io.blockwise.model.artifact.Metrics;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.spec.NetworkSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs of two workers, from the data set to the published model. */
class TrainingTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "fp16", "bf16", "int8", "int4"})
  void aRunPublishesItsModelAndKeepsItsRecord(String codec) throws Exception {
    Settings settings = twoWorkers("averaging.codec=" + codec, "training.augmentation=weak");
    String printed = SmallRuns.train(settings);

    ModelVersion version = SmallRuns.published(directory);
    assertThat(version.id()).isEqualTo("run");
    assertThat(version.description().classes()).hasSize(10);
    assertThat(version.provenance()).containsEntry("configuration", settings.rendered());
    assertThat(printed).contains("epoch 2/2  100 %", "Best on validation: epoch ", "Published ");

    String chosen = "Computing with torch 2.10.0-1.5.13, as engine = auto takes it where it can";
    assertThat(printed).startsWith(chosen).contains("Computed with torch 2.10.0-1.5.13 on cpu (");
    assertThat(version.provenance()).containsKey("computed_with").containsEntry("engine", "torch");

    Path conf = SmallRuns.run(directory).resolve("resolved.conf");
    assertThat(Settings.load(conf, List.of())).isEqualTo(settings);
    assertThat(SmallRuns.run(directory).toFile().list())
        .containsExactlyInAnyOrder("resolved.conf", "events.jsonl", "report.html", "run.json");

    List<JsonNode> events = SmallRuns.events(directory);
    assertThat(events)
        .extracting(event -> event.get("event").asText())
        .containsExactly("started", "epoch", "epoch", "finished");
    assertThat(events.get(3).get("metrics")).isEqualTo(metrics());
    assertThat(events.get(0).get("engine").asText()).isEqualTo("torch");
    assertThat(events.get(0).get("engine_reason").asText()).startsWith(chosen);
    JsonNode engine = events.get(1).get("executors").get(0).get("engine");
    assertThat(engine.get("version").asText()).isEqualTo("2.10.0-1.5.13");
    assertThat(engine.get("device").asText()).isEqualTo("cpu");
    assertThat(engine.get("device_name").asText()).isNotBlank();
  }

  @Test
  void metricsHaveTheKeysThatOtherProgramsReadAndAddUp() throws Exception {
    SmallRuns.train(twoWorkers());
    JsonNode metrics = metrics();
    assertThat(keys(metrics))
        .containsExactly(
            "cost",
            "dynamics",
            "epochs",
            "examples_per_second",
            "parameters",
            "pushes",
            "seconds",
            "selected_epoch",
            "test",
            "validation",
            "wait_for_data_share",
            "workers");
    assertThat(keys(metrics.get("validation"))).containsExactly("accuracy");
    assertThat(keys(metrics.get("test")))
        .containsExactly("accuracy", "class_accuracy", "confusion");
    assertThat(keys(metrics.get("cost")))
        .containsExactly("peak_memory_bytes", "pulled_bytes", "pushed_bytes", "step_seconds");
    assertThat(metrics.get("cost").get("step_seconds").asDouble()).isPositive();
    assertThat(metrics.get("cost").get("peak_memory_bytes").asLong())
        .isEqualTo(
            SmallRuns.events(directory)
                .get(2)
                .get("executors")
                .get(0)
                .get("peak_resident_bytes")
                .asLong());
    assertThat(keys(metrics.get("parameters"))).containsExactly("body", "exits", "heads");
    assertThat(keys(metrics.get("pushes")))
        .containsExactly(
            "accepted", "dropped", "duplicate", "fenced", "received", "refused", "sent");
    assertThat(metrics.get("test").get("accuracy")).hasSize(3);

    JsonNode pushes = metrics.get("pushes");
    // two workers, two epochs of 11 steps: block 1 pushes after 3, 6, 9 and 11, block 2 after 2, 5,
    // 8 and 11, block 3 after 1, 4, 7, 10 and 11
    assertThat(pushes.get("accepted").asLong()).isEqualTo(2 * 2 * (4 + 4 + 5));
    assertThat(pushes.get("sent").asLong()).isEqualTo(pushes.get("received").asLong());
    assertThat(SmallRuns.events(directory))
        .filteredOn(event -> event.get("event").asText().equals("epoch"))
        .extracting(event -> event.get("effective_period").asDouble())
        .containsExactly(2 * 11 * 3 / 26.0, 2 * 11 * 3 / 26.0);
    JsonNode byWorker = SmallRuns.events(directory).get(2).get("effective_period_by_worker");
    assertThat(keys(byWorker)).containsExactly("1", "2");
    assertThat(byWorker.get("2").asDouble()).isEqualTo(11 * 3 / 13.0);
    JsonNode parameters = metrics.get("parameters");
    // convolutions 3-4-4-8-8-16-16 and the batch norms behind them
    assertThat(parameters.get("body").asLong())
        .isEqualTo(9 * (12 + 16 + 32 + 64 + 128 + 256) + 2 * (4 + 4 + 8 + 8 + 16 + 16));
    assertThat(parameters.get("exits").asLong())
        .isEqualTo(10 * (4 * 16 * 16 + 8 * 8 * 8 + 16 * 4 * 4) + 3 * 10);
    assertThat(parameters.get("heads").asLong())
        .isEqualTo(16 * (4 + 8 + 16) + 3 * 16 + 3 * (16 * 16 + 16));
    assertThat(metrics.get("workers").asInt()).isEqualTo(2);
    assertThat(metrics.get("epochs").asInt()).isEqualTo(2);
  }

  @Test
  void cutIntoBlocksStandsInTheResolvedConfiguration() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "method=pred", "blocks=2", "training.epochs=1"));
    NetworkSpec trained = SmallRuns.published(directory).description().network();
    Path conf = SmallRuns.run(directory).resolve("resolved.conf");
    Settings resolved = Settings.load(conf, List.of());
    assertThat(trained.blocks()).hasSize(2);
    assertThat(resolved.network().cutting().cut()).hasSize(2);
    assertThat(resolved.network(trained.input(), trained.classes())).isEqualTo(trained);
  }

  @Test
  void testIsCountedByClassAndByAnswer() throws Exception {
    SmallRuns.train(twoWorkers());
    Metrics.TestFigures test = SmallRuns.published(directory).metrics().test();
    assertThat(test.confusion()).hasSize(3);
    for (int k = 0; k < 3; k++) {
      long correct = 0;
      for (int label = 0; label < 10; label++) {
        List<Long> row = test.confusion().get(k).get(label);
        assertThat(row).hasSize(10);
        assertThat(row.stream().mapToLong(Long::longValue).sum()).isEqualTo(10);
        assertThat(test.classAccuracy().get(k).get(label)).isEqualTo(row.get(label) / 10.0);
        correct += row.get(label);
      }
      assertThat(test.accuracy().get(k)).isEqualTo(correct / 100.0);
    }
  }

  @Test
  void provenanceSaysWhereAModelWasMade() throws Exception {
    SmallRuns.train(twoWorkers());
    assertThat(SmallRuns.published(directory).provenance())
        .containsEntry("commit", "unknown") // no jar, no launcher
        .containsEntry("master", "local[*]")
        .containsEntry("threads", 1)
        .containsEntry("host", ThisProcess.host());
  }

  @Test
  void eventsHaveTheLearningRateOfEveryBlockAndFiguresWithinAnEpoch() throws Exception {
    SmallRuns.train(
        twoWorkers(
            "report.interval=1ms",
            "training.scale-rate=none",
            "training.schedule.kind=step",
            "training.schedule.at=[0.75]"));
    List<JsonNode> epochs = new ArrayList<>();
    List<JsonNode> progress = new ArrayList<>();
    for (JsonNode event : SmallRuns.events(directory)) {
      (event.get("event").asText().equals("epoch") ? epochs : progress).add(event);
    }
    progress.removeIf(event -> !event.get("event").asText().equals("progress"));
    // of a machine that is so busy that no step was done in between
    progress.removeIf(event -> event.get("examples").asLong() == 0);
    assertThat(rates(epochs.get(0))).containsExactly(3e-3, 3e-3, 3e-3);
    assertThat(rates(epochs.get(1))).allSatisfy(rate -> assertThat(rate).isBetween(2.9e-4, 3.1e-4));
    assertThat(progress).isNotEmpty();
    for (JsonNode event : progress) {
      assertThat(rates(event)).hasSize(3);
      assertThat(event.get("loss")).hasSize(3);
      assertThat(event.get("training_accuracy")).hasSize(3);
      for (int k = 0; k < 3; k++) {
        JsonNode terms = event.get("loss_terms").get(k);
        assertThat(keys(terms)).containsExactly("contrastive", "cross-entropy");
        assertThat(terms.get("contrastive").asDouble() + terms.get("cross-entropy").asDouble())
            .isCloseTo(event.get("loss").get(k).asDouble(), within(1e-9));
      }
      assertThat(event.get("examples_per_second").asDouble()).isNotNegative();
    }
    assertThat(progress.stream().mapToLong(event -> event.get("examples").asLong()).sum())
        .isLessThanOrEqualTo(2 * 352);
  }

  @Test
  void epochsAtStepsAreThoseOfEachWorker() throws Exception {
    String printed = SmallRuns.train(twoWorkers("training.epochs=1", "training.epochs-at=steps"));
    assertThat(printed)
        .contains("epoch 2/2  100 %", "Best on validation: epoch ")
        .contains("2 workers with about 22 steps each: compare with one worker and batches of 32")
        .containsPattern("[0-9.]+ % of the workers' time for averaging with averaging.period = ")
        .contains("each makes as many steps as one worker alone, in 2 epochs");
    assertThat(metrics().get("epochs").asInt()).isEqualTo(2);
    assertThat(SmallRuns.events(directory))
        .filteredOn(event -> event.get("event").asText().equals("epoch"))
        .extracting(event -> event.get("steps").asLong())
        .containsExactly(22L, 22L);
  }

  @Test
  void ratesGrowWithTheWorkers() throws Exception {
    String printed =
        SmallRuns.train(
            twoWorkers(
                "training.scale-rate=sqrt-workers",
                "training.schedule.kind=constant",
                "averaging.rule=quorum")); // so that neither ends an epoch long before the other
    assertThat(printed).contains("  rate 0.00424 0.00424 0.00424");
    for (JsonNode event : SmallRuns.events(directory).subList(1, 3)) {
      assertThat(rates(event))
          .allSatisfy(rate -> assertThat(rate).isCloseTo(3e-3 * Math.sqrt(2), within(1e-12)));
    }
  }

  @Test
  void eventsAndProgressHaveTheGainOfEveryBlock() throws Exception {
    String printed =
        SmallRuns.train(
            twoWorkers("averaging.gain=norm", "averaging.period=1", "report.interval=1ms"));
    assertThat(printed).containsPattern("staleness \\d\\.\\d\\d  gain( 1\\.[0-4]\\d){3}");
    List<Double> gains = new ArrayList<>();
    for (JsonNode event : SmallRuns.events(directory)) {
      if (Set.of("epoch", "progress").contains(event.get("event").asText())) {
        assertThat(event.get("gain")).hasSize(3);
        event.get("gain").forEach(gain -> gains.add(gain.asDouble()));
      }
    }
    assertThat(gains)
        .allSatisfy(gain -> assertThat(gain).isBetween(1.0, Math.sqrt(2)))
        .anySatisfy(gain -> assertThat(gain).isGreaterThan(1.01));
  }

  private static List<Double> rates(JsonNode event) {
    return StreamSupport.stream(event.get("learning_rate").spliterator(), false)
        .map(JsonNode::asDouble)
        .toList();
  }

  @Test
  void theSelectedEpochIsTheFirstOfTheBestLastBlocks() throws Exception {
    SmallRuns.train(twoWorkers("training.epochs=3"));
    List<Double> ofLastBlock = new ArrayList<>();
    for (JsonNode event : SmallRuns.events(directory).subList(1, 4)) {
      ofLastBlock.add(event.get("validation_accuracy").get(2).asDouble());
    }
    double best = ofLastBlock.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    JsonNode metrics = metrics();
    assertThat(metrics.get("selected_epoch").asInt()).isEqualTo(ofLastBlock.indexOf(best) + 1);
    assertThat(metrics.get("validation").get("accuracy").get(2).asDouble()).isEqualTo(best);
  }

  @Test
  void evaluationReproducesThePublishedAccuracy() throws Exception {
    Settings settings = twoWorkers("training.epochs=4", "evaluation.batch-size=32");
    SmallRuns.train(settings);
    String printed = SmallRuns.printed(() -> ModelEvaluation.run(settings));
    assertThat(printed).contains("Model small, version run").doesNotContain("differ");
    List<Double> published = SmallRuns.published(directory).metrics().test().accuracy();
    for (int k = 0; k < 3; k++) {
      double percent = 100 * published.get(k);
      assertThat(printed)
          .contains(
              String.format(Locale.ROOT, "  %5d  %6.2f %%   %6.2f %%", k + 1, percent, percent));
    }
    JsonNode last = SmallRuns.events(directory).get(4).get("training_accuracy");
    assertThat(last.get(0).asDouble()).as("has learned something").isGreaterThan(0.2);
  }

  @Test
  void ofTwoVersionsTheNewestIsEvaluatedUnlessOneIsNamed() throws Exception {
    SmallRuns.train(twoWorkers("training.epochs=1"));
    SmallRuns.train(SmallRuns.unprepared(directory, "run-id=second", "training.epochs=1"));
    Settings any = SmallRuns.unprepared(directory, "run-id=");
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(any))).contains("version second");
    Settings first = SmallRuns.unprepared(directory, "run-id=run");
    assertThat(SmallRuns.printed(() -> ModelEvaluation.run(first))).contains("version run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"average", "quorum"})
  void shortLeasesTogetherSeeEveryRowOnce(String rule) throws Exception {
    SmallRuns.train(twoWorkers("lease.seconds=1", "averaging.rule=" + rule));
    for (JsonNode event : SmallRuns.events(directory).subList(1, 3)) {
      long examples = event.get("examples").asLong();
      assertThat(examples + event.get("rows_left_out").asLong()).isEqualTo(360);
      assertThat(examples).isEqualTo(16 * event.get("steps").asLong());
    }
  }

  @Test
  void whatTheLastBatchesLackIsCounted() throws Exception {
    SmallRuns.train(twoWorkers());
    JsonNode epoch = SmallRuns.events(directory).get(1);
    assertThat(epoch.get("steps").asLong()).isEqualTo(22);
    assertThat(epoch.get("examples").asLong()).isEqualTo(352);
    assertThat(epoch.get("rows_left_out").asLong()).isEqualTo(8);
    assertThat(epoch.get("non_finite_steps").asLong()).isZero();
  }

  private Settings twoWorkers(String... sets) {
    List<String> all = new ArrayList<>(List.of("workers=2", "averaging.period=3"));
    all.addAll(List.of(sets));
    return SmallRuns.settings(directory, all.toArray(String[]::new));
  }

  private JsonNode metrics() throws Exception {
    String latest = Files.readString(SmallRuns.versions(directory).resolveSibling("LATEST"));
    return SmallRuns.json(
        SmallRuns.versions(directory).resolve(latest.strip()).resolve("metrics.json"));
  }

  private static TreeSet<String> keys(JsonNode node) {
    Iterable<String> names = node::fieldNames;
    TreeSet<String> keys = new TreeSet<>();
    StreamSupport.stream(names.spliterator(), false).forEach(keys::add);
    return keys;
  }
}
