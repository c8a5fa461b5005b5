package io.blockwise.job.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.blockwise.job.checkpoint.ConfigurationDiff;
import io.blockwise.job.config.comparison.DecidingKeys;
import io.blockwise.job.training.SmallRuns;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaterKeysTest {
  @TempDir Path directory;

  @Test
  void aConfigurationFromBeforeAKeyIsThatOfTheSameRun() {
    String now = SmallRuns.unprepared(directory).rendered();
    Config all = ConfigFactory.parseString(now);
    Config later = LaterKeys.with(ConfigFactory.empty());
    assertThat(later.entrySet()).isNotEmpty();
    Config before = all;
    for (var key : later.entrySet()) {
      assertThat(all.hasPath(key.getKey())).as(key.getKey()).isTrue();
      before = before.withoutPath(key.getKey());
    }
    String old = before.root().render();
    assertThat(ConfigurationDiff.of(old, now)).isEmpty();
    assertThat(DecidingKeys.of(old, 1)).isPresent().isEqualTo(DecidingKeys.of(now, 1));
  }

  @Test
  void anotherValueThanItHadBeforeIsAnotherRun() {
    String now = SmallRuns.unprepared(directory, "training.patience.epochs=3").rendered();
    String old = ConfigFactory.parseString(now).withoutPath("training.patience").root().render();
    assertThat(ConfigurationDiff.of(old, now)).isEqualTo("training.patience.epochs is 3, not 0");
  }
}
