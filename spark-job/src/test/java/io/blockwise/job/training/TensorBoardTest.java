package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.blockwise.job.report.tensorboard.EventReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class TensorBoardTest {
  @TempDir Path directory;

  @Test
  void scalarsOfARunAreTheFiguresOfItsEpochs() throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "workers=2", "report.tensorboard=true"));
    Path folder = SmallRuns.run(directory).resolve("tensorboard");
    String[] files = folder.toFile().list((at, name) -> name.startsWith("events.out.tfevents."));
    assertThat(files).hasSize(1);
    List<EventReader.Event> scalars =
        EventReader.read(Files.readAllBytes(folder.resolve(files[0])));
    List<JsonNode> epochs =
        SmallRuns.events(directory).stream()
            .filter(event -> event.get("event").asText().equals("epoch"))
            .toList();
    assertThat(scalars).hasSize(1 + epochs.size());
    for (JsonNode epoch : epochs) {
      EventReader.Event event = scalars.get(epoch.get("epoch").asInt());
      assertThat(event.step()).isEqualTo(epoch.get("epoch").asLong());
      assertThat(event.scalars())
          .containsEntry("examples_per_second", epoch.get("examples_per_second").floatValue());
      for (int k = 0; k < 3; k++) {
        String block = "/block_" + (k + 1);
        assertThat(event.scalars())
            .containsEntry("loss" + block, epoch.get("loss").get(k).floatValue())
            .containsEntry(
                "validation_accuracy" + block,
                epoch.get("validation_accuracy").get(k).floatValue());
        assertThat(event.scalars().get("staleness" + block)).isBetween(0f, 10f);
      }
    }
  }
}
