package io.blockwise.job.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwoEnginesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"dl4j, torch", "torch, dl4j"})
  void aModelOfOneEngineAnswersTheSameInTheOther(String trains, String reads) throws Exception {
    SmallRuns.train(SmallRuns.settings(directory, "engine=" + trains, "training.epochs=4"));
    String printed =
        SmallRuns.printed(
            () -> ModelEvaluation.run(SmallRuns.unprepared(directory, "engine=" + reads)));
    assertThat(printed).contains("Model small, version run").doesNotContain("The figures differ");
  }
}
