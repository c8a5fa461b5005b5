package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.config.Settings;
import io.blockwise.model.artifact.ModelVersion;
import io.blockwise.model.averaging.BlockState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run of one worker against the plain loop, with the real engine and to the last bit. */
class OneWorkerTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "dl4j,  scpl,    1, cosine,   average, two-view",
    "dl4j,  scpl,    3, cosine,   average, weak",
    "dl4j,  scpl, 1000, cosine,   average, weak",
    "dl4j,  pred,    1, step,     average, strong",
    "dl4j,  pred,    3, cosine,   quorum, weak",
    "dl4j,  pred, 1000, cosine,   average, weak",
    "dl4j,  bp,      1, constant, quorum, weak",
    "dl4j,  bp,      3, step,     average, weak",
    "dl4j,  bp,   1000, cosine,   average, weak",
    "torch, scpl,    1, cosine,   average, two-view",
    "torch, scpl, 1000, cosine,   quorum, weak",
    "torch, pred,    3, step,     average, strong",
    "torch, bp,      1, constant, quorum, weak",
  })
  void oneWorkerIsThePlainLoopBitForBit(
      String engine, String method, int period, String schedule, String rule, String augmentation)
      throws Exception {
    Settings settings =
        SmallRuns.settings(
            directory,
            "engine=" + engine,
            "method=" + method,
            "averaging.rule=" + rule,
            "averaging.period=" + period,
            "training.schedule.kind=" + schedule,
            "training.epochs=3",
            "training.augmentation=" + augmentation,
            "training.weight-decay=1e-4");
    SmallRuns.train(settings);
    List<PlainLoop.Epoch> plain = PlainLoop.run(settings);

    ModelVersion version = SmallRuns.published(directory);
    int selected = version.metrics().selectedEpoch();
    assertEqual(version, plain.get(selected - 1).states());
    // the epochs that were not published show themselves by their losses
    assertThat(losses()).isEqualTo(plain.stream().map(PlainLoop.Epoch::losses).toList());
  }

  @Test
  void whatIsDoneForManyWorkersChangesNothingForOne() throws Exception {
    Settings settings =
        SmallRuns.settings(directory, "averaging.gain=norm", "training.scale-rate=sqrt-workers");
    SmallRuns.train(settings);
    List<PlainLoop.Epoch> plain = PlainLoop.run(settings);
    ModelVersion version = SmallRuns.published(directory);
    assertEqual(version, plain.get(version.metrics().selectedEpoch() - 1).states());
    assertThat(losses()).isEqualTo(plain.stream().map(PlainLoop.Epoch::losses).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2g", "600k"})
  void sameConfigurationTwiceGivesTheSameModel(String memory) throws Exception {
    List<ModelVersion> versions = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      Path own = directory.resolve(name);
      assertThat(own.toFile().mkdir()).isTrue();
      SmallRuns.train(
          SmallRuns.settings(own, "training.prefetch-threads=2", "data.memory=" + memory));
      versions.add(SmallRuns.published(own));
    }
    assertThat(versions.get(0).blocks()).isEqualTo(versions.get(1).blocks());
  }

  private static void assertEqual(ModelVersion version, List<BlockState> states) {
    assertThat(version.blocks()).hasSameSizeAs(states);
    for (int k = 0; k < states.size(); k++) {
      assertThat(version.blocks().get(k).parameters().toArray())
          .isEqualTo(states.get(k).value().toArray());
      assertThat(version.blocks().get(k).statistics().toArray())
          .isNotEmpty()
          .isEqualTo(states.get(k).statistics().toArray());
    }
  }

  private List<List<Double>> losses() throws Exception {
    List<List<Double>> losses = new ArrayList<>();
    for (JsonNode event : SmallRuns.events(directory)) {
      if (event.get("event").asText().equals("epoch")) {
        List<Double> blocks = new ArrayList<>();
        event.get("loss").forEach(loss -> blocks.add(loss.asDouble()));
        losses.add(blocks);
      }
    }
    return losses;
  }
}
