package io.blockwise.job.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blockwise.base.UserException;
import io.blockwise.job.RunFailedException;
import io.blockwise.job.config.Settings;
import io.blockwise.job.exchange.ExchangePlugin;
import io.blockwise.job.training.SmallRuns;
import io.blockwise.job.worker.LiveFigures;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("thorough")
class ClusterWorkersTest {
  @TempDir Path directory;

  @Test
  void runThatIsBeingTrainedIsRefusedAndLeavesNothingBehind() throws Exception {
    Settings settings = SmallRuns.settings(directory);
    SmallRuns.Parts parts = SmallRuns.parts(settings);
    try (SparkSession session =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.plugins", ExchangePlugin.class.getName())
            .config("spark.extraListeners", ExecutorRoster.class.getName())
            .getOrCreate()) {
      JavaSparkContext context = ClusterSession.open(settings);
      assertThat(context.sc()).isSameAs(session.sparkContext());
      try (ClusterWorkers first = start(settings, context, parts)) {
        int listeners = listeners(context);
        assertThatThrownBy(() -> start(settings, context, parts))
            .isInstanceOf(UserException.class)
            .hasMessageContaining("a run of this id is being trained");
        assertThat(listeners(context)).isEqualTo(listeners);
        assertThat(first.traffic().pushed()).isZero();
      }
    }
  }

  @Test
  void applicationThatHasEndedBeforeWorkersCouldStartEndsTheRun() {
    Settings settings = SmallRuns.settings(directory);
    SmallRuns.Parts parts = SmallRuns.parts(settings);
    SparkSession session =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.plugins", ExchangePlugin.class.getName())
            .config("spark.extraListeners", ExecutorRoster.class.getName())
            .getOrCreate();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    session.stop();
    assertThatThrownBy(() -> start(settings, context, parts))
        .isInstanceOf(RunFailedException.class)
        .hasMessageStartingWith("Cannot go on: Spark has ended this application");
  }

  private static ClusterWorkers start(
      Settings settings, JavaSparkContext context, SmallRuns.Parts parts)
      throws InterruptedException {
    return new ClusterWorkers(
        settings,
        context,
        "run",
        parts.plan(),
        parts.dataset(),
        parts.ledgers(),
        new LiveFigures(3),
        notice -> {});
  }

  private static int listeners(JavaSparkContext context) {
    return context.sc().listenerBus().listeners().size();
  }
}
